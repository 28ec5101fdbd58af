package dev.bertserve.server.inference;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The answers to one request, as they come in from its batches, in any order and from any thread.
 * The last row completes it, or the first failure; a row is answered or failed exactly once.
 */
final class Gather {

  private final int rows;
  private final List<OutputSpec> outputs;
  private final List<float[]> values;
  private final BooleanSupplier abandoned;
  private final long deadlineNanos;
  private final Runnable settled;
  private final AtomicInteger missing;
  private final CompletableFuture<Prediction> result = new CompletableFuture<>();

  /**
   * Starts with all rows missing.
   *
   * @param abandoned whether the caller has gone
   * @param deadlineNanos when the caller stops waiting
   * @param settled called once, when no row is missing any more
   */
  Gather(
      int rows,
      List<OutputSpec> outputs,
      BooleanSupplier abandoned,
      long deadlineNanos,
      Runnable settled) {
    this.rows = rows;
    this.outputs = outputs;
    this.values = new ArrayList<>(outputs.size());
    for (OutputSpec output : outputs) {
      values.add(new float[rows * output.rowSize()]);
    }
    this.abandoned = abandoned;
    this.deadlineNanos = deadlineNanos;
    this.settled = settled;
    this.missing = new AtomicInteger(rows);
  }

  CompletableFuture<Prediction> result() {
    return result;
  }

  /** Whether nobody waits for the missing rows: answered already, caller gone, or too late. */
  boolean unwanted(long nowNanos) {
    return result.isDone() || abandoned.getAsBoolean() || isLate(nowNanos);
  }

  /** Fails the request if it is too late for it; rows that still come are counted only. */
  void expire(long nowNanos) {
    if (isLate(nowNanos)) {
      result.completeExceptionally(late());
    }
  }

  /** Counts one row as not worth running. */
  void drop() {
    fail(
        abandoned.getAsBoolean()
            ? new ServingException(FailureKind.UNAVAILABLE, "the caller has gone")
            : late());
  }

  /** Copies row {@code source} of {@code answers} to row {@code index}. */
  void answer(int index, List<float[]> answers, int source) {
    for (int i = 0; i < answers.size(); i++) {
      int size = outputs.get(i).rowSize();
      System.arraycopy(answers.get(i), source * size, values.get(i), index * size, size);
    }
    countDown();
  }

  /** Counts row {@code index} as failed, because {@code value} is part of its answer. */
  void failNotFinite(int index, float value) {
    fail(
        new ServingException(
            FailureKind.INTERNAL,
            "instances["
                + index
                + "]: the model answered "
                + value
                + " (expected: a finite number)"));
  }

  /** Counts one row as failed; the request fails at once, with the first failure. */
  void fail(Throwable rowFailure) {
    result.completeExceptionally(rowFailure);
    countDown();
  }

  private void countDown() {
    if (missing.decrementAndGet() == 0) {
      settled.run();
      result.complete(new Prediction(rows, outputs, values));
    }
  }

  private boolean isLate(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  private static ServingException late() {
    return new ServingException(
        FailureKind.DEADLINE_EXCEEDED, "deadline: passed before the answer was there");
  }
}
