package dev.bertserve.server.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.IntSupplier;

/** All meters of the server in the text format of Prometheus. Any thread. */
public final class MetricsPage {

  /** Content type of the page. */
  public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private final ConcurrentMap<String, GaugeSum> sums = new ConcurrentHashMap<>();

  /** Registers the meters of the JVM. */
  public MetricsPage() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  public void writeTo(OutputStream sink) throws IOException {
    registry.scrape(sink);
  }

  /** Adds {@code value} to the gauge with this name and these tags. */
  GaugeSum.Part gauge(String name, String description, Tags tags, IntSupplier value) {
    return sums.computeIfAbsent(name + tags, any -> new GaugeSum(registry, name, description, tags))
        .add(value);
  }

  MeterRegistry registry() {
    return registry;
  }
}
