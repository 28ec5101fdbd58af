package dev.bertserve.server.cli;

import dev.bertserve.server.http.HttpSettings;
import dev.bertserve.server.protocol.vertex.PredictionForm;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.ServerSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags of {@code serve}, one place for their names, defaults and help. */
public final class ServeOptions {

  private static final long BYTES_IN_MEGABYTE = 1_000_000;

  /**
   * An answer may be held three times: by its request, its batch and its tile. The rest is free.
   */
  private static final int HEAP_SHARE_IN_FLIGHT = 4;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "",
      description = "A SavedModel directory; the built-in sentiment model if left out.")
  private String model = "";

  @Option(
      names = "--model-name",
      paramLabel = "NAME",
      defaultValue = "bert",
      description = "Name of the model in routes (${DEFAULT-VALUE}).")
  private String modelName = "";

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
      description = "Port to listen on; 0 takes a free one (${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--health-route",
      paramLabel = "PATH",
      defaultValue = "/health",
      description = "Health route, beside /health (${DEFAULT-VALUE}).")
  private String healthRoute = "";

  @Option(
      names = "--predict-route",
      paramLabel = "PATH",
      defaultValue = "/predict",
      description = "Predict route, beside /predict (${DEFAULT-VALUE}).")
  private String predictRoute = "";

  @Option(
      names = "--precision",
      paramLabel = "P",
      defaultValue = "auto",
      description =
          "Number format: auto, fp32, bf16 or fp16; auto takes the fastest that keeps the answers (${DEFAULT-VALUE}).")
  private Precision precision = Precision.AUTO;

  @Option(
      names = "--precision-tolerance",
      paramLabel = "D",
      defaultValue = "0.02",
      description = "Most that auto may move an answer away from fp32's (${DEFAULT-VALUE}).")
  private double precisionTolerance;

  @Mixin private final OpLibraryOption opLibraries = new OpLibraryOption();

  @Option(
      names = "--model-cache",
      paramLabel = "DIR",
      description = {
        "Where prepared models are kept for the next start (bertserve under $XDG_CACHE_HOME or"
            + " ~/.cache, if that is on a disk).",
        "If it cannot be written, or others may write to it, models are prepared at each start."
      })
  private Optional<Path> modelCache = Optional.empty();

  @Option(
      names = "--model-cache-mb",
      paramLabel = "N",
      defaultValue = "4096",
      description =
          "Most disk space for prepared models; the least recently used go; 0 is none (${DEFAULT-VALUE}).")
  private int modelCacheMegabytes;

  @Option(
      names = "--max-body-bytes",
      paramLabel = "N",
      defaultValue = "" + HttpSettings.DEFAULT_MAX_BODY_BYTES,
      description = "Largest request body (${DEFAULT-VALUE}).")
  private int maxBodyBytes;

  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "" + HttpSettings.DEFAULT_MAX_CONNECTIONS,
      description = {
        "Connections open at once (${DEFAULT-VALUE}).",
        "A new one takes the place of the longest idle; if all are at work it gets health only."
      })
  private int maxConnections;

  @Option(
      names = "--max-batch-rows",
      paramLabel = "N",
      defaultValue = "64",
      description = "Most rows of one batch (${DEFAULT-VALUE}).")
  private int maxBatchRows;

  @Option(
      names = "--max-batch-tokens",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Most tokens of one batch, padding included; 0 is 512 on CPUs, 8192 on GPUs (${DEFAULT-VALUE}).")
  private int maxBatchTokens;

  @Option(
      names = "--max-wait-ms",
      paramLabel = "MS",
      defaultValue = "0",
      description = "How long a free runner waits for a batch to fill (${DEFAULT-VALUE}).")
  private int maxWaitMillis;

  @Option(
      names = "--max-rows-in-flight",
      paramLabel = "N",
      defaultValue = "4096",
      description = "Rows let in at once; more are answered 429 (${DEFAULT-VALUE}).")
  private int maxRowsInFlight;

  @Option(
      names = "--max-bytes-in-flight",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Bytes of texts and of their answers in flight at once; more get 429; 0 is a quarter of",
        "the largest heap (${DEFAULT-VALUE})."
      })
  private long maxBytesInFlight;

  @Option(
      names = "--cache-mb",
      paramLabel = "N",
      defaultValue = "64",
      description = {
        "Memory for answers to texts seen before; 0 is none (${DEFAULT-VALUE}).",
        "With a cache, the same text in flight runs once."
      })
  private int cacheMegabytes;

  @Option(
      names = "--deadline",
      paramLabel = "S",
      defaultValue = "55",
      description = {
        "Longest that a request may take; X-Request-Timeout-Ms shortens it (${DEFAULT-VALUE}).",
        "What cannot be done by then is answered 503 at once, what is not done by then 504."
      })
  private int deadlineSeconds;

  @Option(
      names = "--runners",
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Batches that run side by side; 0 is one a processor, or as many fewer as get through more",
        "when it is tried at the start (${DEFAULT-VALUE})."
      })
  private int runners;

  @Option(
      names = "--threads-per-run",
      paramLabel = "N",
      defaultValue = "1",
      description = {
        "Threads that work on each op of a batch; 0 is one a processor, shared by all batches",
        "(${DEFAULT-VALUE}). With 1, two work on a batch while there are processors to spare."
      })
  private int threadsPerRun;

  @Option(
      names = "--drain-delay-seconds",
      paramLabel = "S",
      defaultValue = "0",
      description = {
        "After SIGTERM, answer health 503 and all else as before for so long (${DEFAULT-VALUE})."
      })
  private int drainDelaySeconds;

  @Option(
      names = "--drain-seconds",
      paramLabel = "S",
      defaultValue = "8",
      description = "Most time to finish accepted work after SIGTERM (${DEFAULT-VALUE}).")
  private int drainSeconds;

  @Option(
      names = "--output-form",
      paramLabel = "FORM",
      defaultValue = "tensor",
      description = "Form of a prediction: tensor, scalar or object (${DEFAULT-VALUE}).")
  private PredictionForm outputForm = PredictionForm.TENSOR;

  private EngineSettings engineSettings(int processors) {
    return new EngineSettings(
        precision,
        precisionTolerance,
        threadsPerRun == 0 ? processors : threadsPerRun,
        maxBatchTokens);
  }

  /**
   * The settings, checked.
   *
   * @param processors how many the machine has
   * @param heapBytes largest heap of the JVM
   */
  public ServerSettings settings(int processors, long heapBytes) {
    return new ServerSettings(
        model,
        modelName,
        host,
        port,
        healthRoute,
        predictRoute,
        engineSettings(processors),
        opLibraries.paths(),
        modelCache,
        modelCacheMegabytes * BYTES_IN_MEGABYTE,
        maxBodyBytes,
        maxConnections,
        maxBatchRows,
        Duration.ofMillis(maxWaitMillis),
        maxRowsInFlight,
        maxBytesInFlight == 0 ? heapBytes / HEAP_SHARE_IN_FLIGHT : maxBytesInFlight,
        cacheMegabytes * BYTES_IN_MEGABYTE,
        Duration.ofSeconds(deadlineSeconds),
        runners,
        outputForm,
        Duration.ofSeconds(drainDelaySeconds),
        Duration.ofSeconds(drainSeconds));
  }
}
