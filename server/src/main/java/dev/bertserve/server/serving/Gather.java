package dev.bertserve.server.serving;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.admission.Permit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.BooleanSupplier;

/**
 * Collects the outputs of one request from its batches, in any order and from any thread. The first
 * outcome of a row counts; further ones are ignored. The last row completes the request; the first
 * failure fails it.
 *
 * <p>It owns the request's permit. On success the permit passes to the {@link Prediction}. A failed
 * request keeps its permit until its last row is completed, failed or dropped, since rows that wait
 * or run still use the memory of the request.
 */
final class Gather {

  private static final int MISSING = 0;
  private static final int SETTLED = 1;

  private final Prediction prediction;

  /** For each output of the prediction, its index among the engine's outputs. */
  private final List<Integer> columns;

  private final BooleanSupplier abandoned;
  private final long deadlineNanos;
  private final AtomicIntegerArray states;
  private final AtomicInteger missing;
  private final CompletableFuture<Prediction> result = new CompletableFuture<>();

  /**
   * Starts with all rows missing. Owns {@code permit} unless it throws.
   *
   * @param signature whose computed outputs are collected
   * @param abandoned whether the caller has disconnected
   * @param deadlineNanos when the request times out
   */
  Gather(
      int rows,
      NamedSignature signature,
      BooleanSupplier abandoned,
      long deadlineNanos,
      Permit permit) {
    List<OutputSpec> outputs = signature.signature().computed();
    List<Column> values = new ArrayList<>(outputs.size());
    for (OutputSpec output : outputs) {
      values.add(output.column(rows));
    }
    this.prediction = new Prediction(rows, outputs, values, permit);
    this.columns = signature.columns();
    this.abandoned = abandoned;
    this.deadlineNanos = deadlineNanos;
    this.states = new AtomicIntegerArray(rows);
    this.missing = new AtomicInteger(rows);
  }

  CompletableFuture<Prediction> result() {
    return result;
  }

  /**
   * Whether nobody waits for the missing rows: the request is completed, its caller has
   * disconnected, or its deadline has passed.
   */
  boolean unwanted(long nowNanos) {
    return result.isDone() || abandoned.getAsBoolean() || isPastDeadline(nowNanos);
  }

  /** Fails the request if its deadline has passed. Outputs that arrive later are only counted. */
  void expire(long nowNanos) {
    if (isPastDeadline(nowNanos)) {
      result.completeExceptionally(deadlineExceeded());
    }
  }

  /** Fails row {@code index} because nobody waits for it. */
  void drop(int index) {
    fail(
        index,
        abandoned.getAsBoolean()
            ? new ServingException(FailureKind.UNAVAILABLE, "the caller has gone")
            : deadlineExceeded());
  }

  /**
   * Copies row {@code source} of the engine's {@code outputs}, which are finite, to row {@code
   * index}.
   */
  void complete(int index, List<Column> outputs, int source) {
    List<OutputSpec> specs = prediction.outputs();
    for (int i = 0; i < specs.size(); i++) {
      int size = specs.get(i).rowSize();
      Column values = outputs.get(columns.get(i));
      values.copyTo(source * size, prediction.values().get(i), index * size, size);
    }
    settle(index);
  }

  /**
   * The same for outputs that may not be finite: then fails the row if it collects such a value.
   */
  void completeIfFinite(int index, List<Column> outputs, int rows, int source) {
    List<Column> collected = columns.stream().map(outputs::get).toList();
    double notFinite = Engine.firstNotFinite(collected, rows, source);
    if (Double.isFinite(notFinite)) {
      complete(index, outputs, source);
    } else {
      failNotFinite(index, notFinite);
    }
  }

  private void failNotFinite(int index, double value) {
    fail(
        index,
        new ServingException(
            FailureKind.NOT_FINITE,
            "instances["
                + index
                + "]: the model answered "
                + value
                + " (expected: a finite number)"));
  }

  /** Fails row {@code index} and immediately the request; the first failure of a request counts. */
  void fail(int index, Throwable failure) {
    if (states.get(index) == SETTLED) {
      return;
    }
    result.completeExceptionally(failure);
    settle(index);
  }

  /** Fails all missing rows. */
  void failMissing(Throwable failure) {
    for (int i = 0; i < states.length(); i++) {
      fail(i, failure);
    }
  }

  private void settle(int index) {
    if (!states.compareAndSet(index, MISSING, SETTLED) || missing.decrementAndGet() > 0) {
      return;
    }
    if (!result.complete(prediction)) {
      prediction.close();
    }
  }

  private boolean isPastDeadline(long nowNanos) {
    return nowNanos - deadlineNanos >= 0;
  }

  /** The failure of a request that is past its deadline. */
  static ServingException deadlineExceeded() {
    return new ServingException(
        FailureKind.DEADLINE_EXCEEDED, "deadline: passed before the answer was there");
  }
}
