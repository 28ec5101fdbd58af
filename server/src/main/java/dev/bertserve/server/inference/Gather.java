package dev.bertserve.server.inference;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The answers to one request, as they come in from its batches, in any order and from any thread.
 * The last row completes it, exactly once; a row is answered or failed exactly once.
 */
final class Gather {

  private final int rows;
  private final List<OutputSpec> outputs;
  private final List<float[]> values;
  private final BooleanSupplier abandoned;
  private final AtomicInteger missing;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CompletableFuture<Prediction> result = new CompletableFuture<>();

  Gather(int rows, List<OutputSpec> outputs, BooleanSupplier abandoned) {
    this.rows = rows;
    this.outputs = outputs;
    this.values = new ArrayList<>(outputs.size());
    for (OutputSpec output : outputs) {
      values.add(new float[rows * output.rowSize()]);
    }
    this.abandoned = abandoned;
    this.missing = new AtomicInteger(rows);
  }

  CompletableFuture<Prediction> result() {
    return result;
  }

  boolean abandoned() {
    return abandoned.getAsBoolean();
  }

  /** Counts one row as not worth running. */
  void drop() {
    fail(new ServingException(FailureKind.UNAVAILABLE, "the caller has gone"));
  }

  /** Copies row {@code source} of {@code answers} to row {@code index}. */
  void answer(int index, List<float[]> answers, int source) {
    for (int i = 0; i < answers.size(); i++) {
      int size = outputs.get(i).rowSize();
      float[] from = answers.get(i);
      for (int k = source * size; k < (source + 1) * size; k++) {
        if (!Float.isFinite(from[k])) {
          fail(
              new ServingException(
                  FailureKind.INTERNAL,
                  "instances["
                      + index
                      + "]: the model answered "
                      + from[k]
                      + " (expected: a finite number)"));
          return;
        }
      }
      System.arraycopy(from, source * size, values.get(i), index * size, size);
    }
    countDown();
  }

  /** Counts one row as failed; the request fails with the first failure once no row is missing. */
  void fail(Throwable rowFailure) {
    failure.compareAndSet(null, rowFailure);
    countDown();
  }

  private void countDown() {
    if (missing.decrementAndGet() == 0) {
      Throwable first = failure.get();
      if (first == null) {
        result.complete(new Prediction(rows, outputs, values));
      } else {
        result.completeExceptionally(first);
      }
    }
  }
}
