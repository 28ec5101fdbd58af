package dev.bertserve.server.metrics;

import io.micrometer.core.instrument.Counter;

/** Counts loads of versions of one model. Any thread. */
public final class VersionMetrics {

  private final Counter loaded;
  private final Counter failed;

  public VersionMetrics(MetricsPage page, String modelName) {
    loaded = loads(page, modelName, "loaded");
    failed = loads(page, modelName, "failed");
  }

  /** Records a version that serves from now on. */
  public void recordLoaded() {
    loaded.increment();
  }

  /** Records a version that could not be loaded. */
  public void recordFailed() {
    failed.increment();
  }

  private static Counter loads(MetricsPage page, String modelName, String result) {
    return Counter.builder("bertserve.version.loads")
        .description("Loads of a version by result")
        .tag("model", modelName)
        .tag("result", result)
        .register(page.registry());
  }
}
