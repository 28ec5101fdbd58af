package dev.bertserve.server.cli;

import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.ServerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The flags of {@code serve}: the only declaration of their names, defaults and help. */
public final class ServeOptions {

  @Mixin private final ModelOptions models = new ModelOptions();

  @Option(
      names = "--host",
      paramLabel = "H",
      defaultValue = "0.0.0.0",
      description = "Address to listen on (${DEFAULT-VALUE}).")
  private String host = "";

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "8080",
      description = "Port to listen on; 0 means any free port (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--grpc-port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Port of the gRPC services; 0 means none, -1 any free port (${DEFAULT-VALUE}).")
  private int grpcPort;

  @Option(
      names = "--health-route",
      paramLabel = "PATH",
      defaultValue = "/health",
      description = "Health route, in addition to /health (${DEFAULT-VALUE}).")
  private String healthRoute = "";

  @Option(
      names = "--predict-route",
      paramLabel = "PATH",
      defaultValue = "/predict",
      description = "Predict route, in addition to /predict (${DEFAULT-VALUE}).")
  private String predictRoute = "";

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description =
          "Number format: auto, fp32, bf16, fp16 or int8; auto is the fastest one whose outputs stay"
              + " within --precision-tolerance (${DEFAULT-VALUE}); it takes int8 of prepared models"
              + " only.")
  private Precision precision = Precision.AUTO;

  @Option(
      names = "--precision-tolerance",
      paramLabel = "D",
      defaultValue = "0.02",
      description = "With auto: largest difference of an output from fp32 (${DEFAULT-VALUE}).")
  private double precisionTolerance;

  @Mixin private final AccessOptions access = new AccessOptions();

  @Mixin private final CalibrationOption calibration = new CalibrationOption();

  @Mixin private final OpLibraryOption opLibraries = new OpLibraryOption();

  @Option(
      names = "--model-cache",
      paramLabel = "DIR",
      description = {
        "Folder of prepared models for the next start (bertserve under $XDG_CACHE_HOME or ~/.cache,"
            + " if that is on a disk), and of models in buckets until they are prepared.",
        "If it is not writable, or writable for others, models are prepared at each start."
      })
  private Optional<Path> modelCache = Optional.empty();

  @Option(
      names = "--model-cache-mb",
      paramLabel = "N",
      defaultValue = "4096",
      description =
          "Largest disk space for prepared models, in MB; the least recently used are deleted first;"
              + " 0 means no cache (${DEFAULT-VALUE}).")
  private int modelCacheMegabytes;

  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      defaultValue = "" + HttpSettings.DEFAULT_MAX_BODY_BYTES,
      description = "Largest request body, in bytes (${DEFAULT-VALUE}).")
  private int maxBodyBytes;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "" + HttpSettings.DEFAULT_MAX_CONNECTIONS,
      description = {
        "Largest number of open connections, on each port (${DEFAULT-VALUE}).",
        "Above it, a new connection replaces the one that has been idle longest; if all are busy,"
            + " it gets GET responses only."
      })
  private int maxConnections;

  @Option(
      names = "--max-batch-rows",
      paramLabel = "N",
      defaultValue = "" + ServerSettings.DEFAULT_MAX_BATCH_ROWS,
      description = "Largest number of rows of a batch (${DEFAULT-VALUE}).")
  private int maxBatchRows;

  @Option(
      names = "--max-batch-tokens",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Largest number of tokens of a batch, including padding; 0 means 512 on CPUs and 8192 on"
              + " GPUs (${DEFAULT-VALUE}).")
  private int maxBatchTokens;

  @Option(
      names = "--max-wait-ms",
      paramLabel = "MS",
      defaultValue = "0",
      description = "Longest time that a free runner waits for a batch to fill (${DEFAULT-VALUE}).")
  private int maxWaitMillis;

  @Option(
      names = "--max-rows-in-flight",
      paramLabel = "N",
      defaultValue = "" + ServerSettings.DEFAULT_MAX_ROWS_IN_FLIGHT,
      description =
          "Largest number of rows in flight; further requests get 429 (${DEFAULT-VALUE}).")
  private int maxRowsInFlight;

  @Option(
      names = "--max-bytes-in-flight",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Largest number of bytes of texts and outputs in flight; further requests get 429; "
            + "0 means a quarter of the largest heap (${DEFAULT-VALUE})."
      })
  private long maxBytesInFlight;

  @Option(
      names = "--cache-mb",
      paramLabel = "N",
      defaultValue = "" + ServerSettings.DEFAULT_CACHE_MEGABYTES,
      description = {
        "Memory for cached outputs, in MB; 0 means no cache (${DEFAULT-VALUE}).",
        "With a cache, equal texts in flight run once."
      })
  private int cacheMegabytes;

  @Option(
      names = "--deadline",
      paramLabel = "S",
      defaultValue = "" + ServerSettings.DEFAULT_DEADLINE_SECONDS,
      description = {
        "Longest time of a request since it began to arrive (${DEFAULT-VALUE}); "
            + "X-Request-Timeout-Ms shortens it.",
        "Requests that cannot finish in time get 503 at once; those that time out get 504."
      })
  private int deadlineSeconds;

  @Option(
      names = "--runners",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Number of batches that run at the same time; 0 means one per processor, or fewer if a trial "
            + "at start shows that fewer are faster (${DEFAULT-VALUE})."
      })
  private int runners;

  @Option(
      names = "--threads-per-run",
      paramLabel = "N",
      defaultValue = "1",
      description = {
        "Number of threads per op of a batch; 0 means one per processor, shared by all batches "
            + "(${DEFAULT-VALUE}). With 1, a batch uses two threads while processors are idle."
      })
  private int threadsPerRun;

  @Option(
      names = "--drain-delay-seconds",
      paramLabel = "S",
      defaultValue = "0",
      description = {
        "Time after SIGTERM in which health returns 503 and everything else works as before "
            + "(${DEFAULT-VALUE})."
      })
  private int drainDelaySeconds;

  @Option(
      names = "--drain-seconds",
      paramLabel = "S",
      defaultValue = "" + ServerSettings.DEFAULT_DRAIN_SECONDS,
      description =
          "Longest time to finish accepted requests after SIGTERM and the delay (${DEFAULT-VALUE}).")
  private int drainSeconds;

  @Option(
      names = "--output-form",
      paramLabel = "FORM",
      defaultValue = "tensor",
      description = "JSON form of a prediction: tensor, scalar or object (${DEFAULT-VALUE}).")
  private PredictionForm outputForm = PredictionForm.TENSOR;

  @Option(
      names = "--null-text",
      paramLabel = "WHAT",
      defaultValue = "error",
      description = {
        "What becomes of an instance whose text is null: error rejects its request; null gives a null "
            + "prediction for it alone (${DEFAULT-VALUE})."
      })
  private NullText nullText = NullText.ERROR;

  @Option(
      names = "--cors-origin",
      paramLabel = "ORIGIN",
      defaultValue = "",
      description =
          "Origin whose web pages may call the server, such as https://example.com, or * (none).")
  private String corsOrigin = "";

  private EngineSettings engineSettings(int processors) {
    return new EngineSettings(
        precision,
        precisionTolerance,
        threadsPerRun == 0 ? processors : threadsPerRun,
        maxBatchTokens,
        calibration.file());
  }

  /**
   * Returns the settings, checked.
   *
   * @param processors number of processors of the machine
   * @param heapBytes largest heap of the JVM
   */
  public ServerSettings settings(int processors, long heapBytes) {
    return new ServerSettings(
        models.settings(),
        host,
        port,
        grpcPort,
        healthRoute,
        predictRoute,
        engineSettings(processors),
        opLibraries.paths(),
        modelCache,
        modelCacheMegabytes * ServerSettings.BYTES_IN_MEGABYTE,
        access.files(),
        maxBodyBytes,
        maxConnections,
        maxBatchRows,
        Duration.ofMillis(maxWaitMillis),
        maxRowsInFlight,
        maxBytesInFlight == 0 ? ServerSettings.bytesInFlight(heapBytes) : maxBytesInFlight,
        cacheMegabytes * ServerSettings.BYTES_IN_MEGABYTE,
        Duration.ofSeconds(deadlineSeconds),
        runners,
        outputForm,
        nullText,
        corsOrigin,
        Duration.ofSeconds(drainDelaySeconds),
        Duration.ofSeconds(drainSeconds));
  }
}
