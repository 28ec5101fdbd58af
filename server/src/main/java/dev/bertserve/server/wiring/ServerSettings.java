package dev.bertserve.server.wiring;

import dev.bertserve.server.access.AccessFiles;
import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * All settings of a server.
 *
 * @param models which models, and which of their versions
 * @param host address to listen on
 * @param port to listen on; 0 takes a free one
 * @param grpcPort port of the gRPC services; 0 for none, -1 takes a free one
 * @param healthRoute path of health, in addition to /health
 * @param predictRoute path of predictions, in addition to /predict
 * @param engine settings of the engine
 * @param opLibraries libraries of ops, or folders of libraries; if any are given, the original
 *     graph runs
 * @param modelCache folder of prepared models; empty for the default one
 * @param modelCacheBytes largest disk space for prepared models; 0 for no cache
 * @param access files of certificate and tokens
 * @param maxBodyBytes largest request body
 * @param maxConnections largest number of open connections
 * @param maxBatchRows largest number of rows of a batch
 * @param maxWait how long a free runner waits for a batch to fill
 * @param maxRowsInFlight largest number of rows admitted and not yet written
 * @param maxBytesInFlight largest number of bytes of their texts and outputs
 * @param cacheBytes memory for cached outputs; 0 for no cache
 * @param deadline longest time of a request
 * @param runners number of threads that each run a batch; 0 runs a trial to find the best number
 * @param outputForm JSON form of a prediction
 * @param nullText what becomes of an instance whose text is null
 * @param corsOrigin whose pages may read responses; empty for none
 * @param drainDelay time between SIGTERM, when health starts to return 503, and the drain
 * @param drainTimeout longest time of the drain
 */
public record ServerSettings(
    ModelSettings models,
    String host,
    int port,
    int grpcPort,
    String healthRoute,
    String predictRoute,
    EngineSettings engine,
    List<Path> opLibraries,
    Optional<Path> modelCache,
    long modelCacheBytes,
    AccessFiles access,
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
    NullText nullText,
    String corsOrigin,
    Duration drainDelay,
    Duration drainTimeout) {

  public static final int DEFAULT_MAX_BATCH_ROWS = 64;
  public static final int DEFAULT_MAX_ROWS_IN_FLIGHT = 4_096;

  /** A batch takes seconds at most; after this time it counts as hanging. */
  static final Duration RUN_TIMEOUT = Duration.ofMinutes(2);

  public static final int DEFAULT_CACHE_MEGABYTES = 64;
  public static final int DEFAULT_DEADLINE_SECONDS = 55;
  public static final int DEFAULT_DRAIN_SECONDS = 8;
  public static final long BYTES_IN_MEGABYTE = 1_000_000;

  /** Outputs may be on the heap three times: in their request, their batch and their tensors. */
  private static final int HEAP_SHARE_IN_FLIGHT = 4;

  private static final Pattern CORS_ORIGIN = Pattern.compile("|\\*|https?://[\\w.:\\[\\]-]+");

  /** Precisions that are allowed with the original graph. */
  private static final Set<Precision> AS_EXPORTED = EnumSet.of(Precision.AUTO, Precision.FP32);

  public ServerSettings {
    opLibraries = List.copyOf(opLibraries);
    check("port", port, 0, 65_535);
    check("grpc-port", grpcPort, -1, 65_535);
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
              + " (expected: auto or fp32 with op-library, which runs the original graph)");
    }
    if (!CORS_ORIGIN.matcher(corsOrigin).matches()) {
      throw new IllegalArgumentException(
          "cors-origin: " + corsOrigin + " (expected: * or one such as https://example.com)");
    }
    healthRoute = route("health-route", healthRoute);
    predictRoute = route("predict-route", predictRoute);
  }

  /** The defaults, without a cache of prepared models. */
  public static ServerSettings of(
      ModelSettings models,
      String host,
      int port,
      int grpcPort,
      AccessFiles access,
      EngineSettings engine) {
    return new ServerSettings(
        models,
        host,
        port,
        grpcPort,
        "/health",
        "/predict",
        engine,
        List.of(),
        Optional.empty(),
        0,
        access,
        HttpSettings.DEFAULT_MAX_BODY_BYTES,
        HttpSettings.DEFAULT_MAX_CONNECTIONS,
        DEFAULT_MAX_BATCH_ROWS,
        Duration.ZERO,
        DEFAULT_MAX_ROWS_IN_FLIGHT,
        bytesInFlight(Runtime.getRuntime().maxMemory()),
        DEFAULT_CACHE_MEGABYTES * BYTES_IN_MEGABYTE,
        Duration.ofSeconds(DEFAULT_DEADLINE_SECONDS),
        0,
        PredictionForm.TENSOR,
        NullText.ERROR,
        "",
        Duration.ZERO,
        Duration.ofSeconds(DEFAULT_DRAIN_SECONDS));
  }

  /** The default of {@link #maxBytesInFlight} for a largest heap of {@code heapBytes}. */
  public static long bytesInFlight(long heapBytes) {
    return heapBytes / HEAP_SHARE_IN_FLIGHT;
  }

  private static void check(String name, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: " + min + " to " + max + ")");
    }
  }

  /** The path as the router compares it: decoded, with a slash at the start. */
  private static String route(String name, String route) {
    if (route.isEmpty() || route.indexOf('{') >= 0) {
      throw new IllegalArgumentException(
          name + ": " + route + " (expected: a path such as /predict)");
    }
    try {
      String path = URLDecoder.decode(route.replace("+", "%2B"), StandardCharsets.UTF_8);
      return path.startsWith("/") ? path : "/" + path;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          name + ": " + route + " (expected: two hex digits after each percent sign)", e);
    }
  }
}
