package dev.bertserve.server.wiring;

import dev.bertserve.server.protocol.vertex.PredictionForm;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * All that a server is told at start.
 *
 * @param model where the SavedModel lies; empty for the built-in one
 * @param modelName name of the model in logs and routes
 * @param host address to listen on
 * @param port to listen on; 0 takes a free one
 * @param healthRoute path that answers 200 when ready, beside /health
 * @param predictRoute path that answers predictions, beside /predict
 * @param engine how the model is run
 * @param opLibraries libraries of ops, or folders of some; with any, the original graph is run
 * @param modelCache folder of models that were prepared at earlier starts; empty for the usual one
 * @param modelCacheBytes most disk space for them; 0 for none
 * @param maxBodyBytes largest request body
 * @param maxConnections connections open at once
 * @param maxBatchRows most rows of one batch
 * @param maxWait how long a free runner waits for a batch to fill
 * @param maxRowsInFlight most rows let in and not yet answered
 * @param maxBytesInFlight most bytes of texts and answers admitted and not yet written
 * @param cacheBytes memory for answers that are known; 0 for none
 * @param deadline longest that a request may take
 * @param runners threads that each run a batch; 0 for as many as get through most
 * @param outputForm how a prediction is written
 * @param drainDelay how long health says no, after the order to stop, before connections are
 *     refused
 * @param drainTimeout most time between the order to stop and the end
 */
public record ServerSettings(
    String model,
    String modelName,
    String host,
    int port,
    String healthRoute,
    String predictRoute,
    EngineSettings engine,
    List<Path> opLibraries,
    Optional<Path> modelCache,
    long modelCacheBytes,
    int maxBodyBytes,
    int maxConnections,
    int maxBatchRows,
    Duration maxWait,
    int maxRowsInFlight,
    long maxBytesInFlight,
    long cacheBytes,
    Duration deadline,
    int runners,
    PredictionForm outputForm,
    Duration drainDelay,
    Duration drainTimeout) {

  /** What a graph that is not rewritten can be asked for. */
  private static final Set<Precision> AS_EXPORTED = EnumSet.of(Precision.AUTO, Precision.FP32);

  public ServerSettings {
    opLibraries = List.copyOf(opLibraries);
    check("port", port, 0, 65_535);
    check("model-cache-mb", modelCacheBytes, 0, Long.MAX_VALUE);
    check("max-body-bytes", maxBodyBytes, 1, Integer.MAX_VALUE);
    check("max-connections", maxConnections, 1, Integer.MAX_VALUE);
    check("max-batch-rows", maxBatchRows, 1, 4_096);
    check("max-wait-ms", maxWait.toMillis(), 0, 10_000);
    check("max-rows-in-flight", maxRowsInFlight, 1, Integer.MAX_VALUE);
    check("runners", runners, 0, 1_024);
    check("max-bytes-in-flight", maxBytesInFlight, 1, Long.MAX_VALUE);
    check("cache-mb", cacheBytes, 0, Long.MAX_VALUE);
    check("deadline", deadline.toSeconds(), 1, 86_400);
    check("drain-delay-seconds", drainDelay.toSeconds(), 0, 3_600);
    check("drain-seconds", drainTimeout.toSeconds(), 0, 3_600);
    if (!opLibraries.isEmpty() && !AS_EXPORTED.contains(engine.precision())) {
      throw new IllegalArgumentException(
          "precision: "
              + engine.precision().label()
              + " (expected: auto or fp32 with op-library, which runs the graph as it stands)");
    }
    checkRoute("health-route", healthRoute);
    checkRoute("predict-route", predictRoute);
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + least + " to " + most + ")");
    }
  }

  private static void checkRoute(String name, String route) {
    if (!route.startsWith("/")) {
      throw new IllegalArgumentException(
          name + ": " + route + " (expected: a path such as /predict)");
    }
  }
}
