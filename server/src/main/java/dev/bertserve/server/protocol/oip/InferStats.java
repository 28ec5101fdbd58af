package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.serving.ModelVersion;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/** Counts and durations of the inference requests of this protocol, by model. Any thread. */
public final class InferStats {

  private final ConcurrentMap<ModelVersion, Counts> models = new ConcurrentHashMap<>();
  private final LongSupplier clockNanos;

  /** {@code clockNanos} times requests. */
  public InferStats(LongSupplier clockNanos) {
    this.clockNanos = clockNanos;
  }

  /** Totals of one model. */
  static final class Counts {
    final LongAdder rows = new LongAdder();
    final LongAdder successes = new LongAdder();
    final LongAdder successNanos = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder failureNanos = new LongAdder();
  }

  /** One request in flight. */
  interface Timing {
    /** The response has {@code rows} rows. */
    void succeeded(int rows);

    void failed();
  }

  /** Starts a request to {@code model}, which the server has. */
  Timing start(ModelVersion model) {
    Counts counts = of(model);
    long startNanos = clockNanos.getAsLong();
    return new Timing() {
      @Override
      public void succeeded(int rows) {
        counts.rows.add(rows);
        counts.successes.increment();
        counts.successNanos.add(clockNanos.getAsLong() - startNanos);
      }

      @Override
      public void failed() {
        counts.failures.increment();
        counts.failureNanos.add(clockNanos.getAsLong() - startNanos);
      }
    };
  }

  Counts of(ModelVersion model) {
    return models.computeIfAbsent(model, any -> new Counts());
  }
}
