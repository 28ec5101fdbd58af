package dev.bertserve.server.wiring;

import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.PredictionService;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.ServingSettings;
import dev.bertserve.server.tensorflow.EngineSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A model that is served within this process, without a listener. */
public final class InProcessModel implements AutoCloseable {

  private static final Duration DEADLINE = Duration.ofDays(1);
  private static final long CLOSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final ServedModel model;
  private final ModelLease lease;

  private InProcessModel(ServedModel model, ModelLease lease) {
    this.model = model;
    this.lease = lease;
  }

  /**
   * Loads and warms up a model. One in a bucket is downloaded until it is loaded. Callers bound
   * their rows in flight themselves.
   *
   * @param opLibraries libraries with the ops of the exported graph, which then runs unchanged
   * @param lines gets lines for people: how much is downloaded
   */
  public static InProcessModel open(
      ModelLocation location,
      EngineSettings settings,
      List<Path> opLibraries,
      Consumer<String> lines)
      throws IOException {
    LoadedServable loaded;
    try (LocalModel local = LocalModel.of(location, lines)) {
      loaded = ModelLoader.uncached(settings, opLibraries).load(local.location());
    }
    ServedModel model =
        ServedModel.start(
            new ModelVersion("model", 1),
            loaded.servable(),
            Optional.empty(),
            new ServingSettings(
                new BatchPolicy(ServerSettings.DEFAULT_MAX_BATCH_ROWS, Duration.ZERO),
                // A failed request leaves the gate after its caller has counted it as done
                Integer.MAX_VALUE,
                Long.MAX_VALUE / 2,
                ServerSettings.DEFAULT_CACHE_MEGABYTES * ServerSettings.BYTES_IN_MEGABYTE,
                DEADLINE,
                ServerSettings.RUN_TIMEOUT,
                0),
            new MetricsPage(),
            // The thread that fails logs it
            failure -> {},
            System::nanoTime);
    return new InProcessModel(model, model.lease().orElseThrow());
  }

  /** Predicts until {@link #close}. */
  public PredictionService service() {
    return lease.model();
  }

  @Override
  public void close() {
    lease.close();
    try {
      model.close(System.nanoTime() + CLOSE_NANOS, System::nanoTime);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
