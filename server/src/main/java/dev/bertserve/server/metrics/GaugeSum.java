package dev.bertserve.server.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A gauge of the sum of its parts, registered while it has any. Any thread. */
final class GaugeSum {

  /** A value that counts until it is closed. */
  interface Part extends AutoCloseable {
    @Override
    void close();
  }

  private final MeterRegistry registry;
  private final String name;
  private final String description;
  private final Tags tags;

  @GuardedBy("this")
  private final List<IntSupplier> values = new ArrayList<>();

  @GuardedBy("this")
  private @Nullable Gauge gauge;

  GaugeSum(MeterRegistry registry, String name, String description, Tags tags) {
    this.registry = registry;
    this.name = name;
    this.description = description;
    this.tags = tags;
  }

  synchronized Part add(IntSupplier value) {
    values.add(value);
    if (gauge == null) {
      gauge =
          Gauge.builder(name, this, GaugeSum::sum)
              .description(description)
              .tags(tags)
              .strongReference(true)
              .register(registry);
    }
    return () -> remove(value);
  }

  private synchronized void remove(IntSupplier value) {
    values.remove(value);
    if (values.isEmpty() && gauge != null) {
      registry.remove(gauge);
      gauge = null;
    }
  }

  private synchronized double sum() {
    return values.stream().mapToInt(IntSupplier::getAsInt).sum();
  }
}
