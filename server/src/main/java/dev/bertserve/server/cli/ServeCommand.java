package dev.bertserve.server.cli;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.server.wiring.ServerSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a model over HTTP until a signal stops it. */
@Command(
    name = "serve",
    description = {
      "Serves a SavedModel over HTTP.",
      "Each flag can be given as BERTSERVE_<FLAG>, such as BERTSERVE_MAX_BATCH_ROWS; the flag takes"
          + " precedence, then that variable, then those of Vertex AI (AIP_HTTP_PORT,"
          + " AIP_HEALTH_ROUTE, AIP_PREDICT_ROUTE, AIP_STORAGE_URI)."
    },
    exitCodeListHeading = "%nExit statuses:%n",
    exitCodeList = {
      "0:stopped after all accepted requests were answered",
      "1:could not start, or with --check could not serve the model",
      "2:the command line is invalid",
      "3:the Java heap was full",
      "4:stopped after --drain-seconds with accepted requests unanswered",
      "130, 143:halted by a second SIGINT, SIGTERM"
    })
final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Option(
      names = "--check",
      description = "Start, then stop: exits with 0 if the model can be served, otherwise with 1.")
  private boolean check;

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private final SignatureOption signature = new SignatureOption();

  @Mixin private final TokenizerOptions tokens = new TokenizerOptions();

  @Mixin private final ServeOptions options = new ServeOptions();

  private final EnvironmentDefaults environment;

  /** Takes defaults from {@code environment} and rejects its unknown variables. */
  ServeCommand(EnvironmentDefaults environment) {
    this.environment = environment;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerSettings settings = settings();
    Map<String, ModelLocation> locations =
        settings.models().locations(signature.name(), tokens.tokenizer());
    InferenceServer server = listen(settings);
    if (!check) {
      // Registered before the port is announced, so that SIGTERM always ends with 0
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, settings), "stop"));
    }
    LOG.info("listening on port {} after {} ms", server.port(), millisSinceStart());
    server.grpcPort().ifPresent(port -> LOG.info("gRPC on port {}", port));
    if (check) {
      server.load(locations);
      server.stop(settings.drainTimeout());
      return ExitStatus.DONE;
    }
    try {
      server.load(locations);
      logModels(server, settings, locations);
    } catch (IOException | RuntimeException | LinkageError e) {
      LOG.error("model {} cannot be served: {}", labels(locations), Reason.of(e));
      LOG.debug("cause", e);
    }
    new CountDownLatch(1).await();
    return ExitStatus.DONE;
  }

  private static void logModels(
      InferenceServer server, ServerSettings settings, Map<String, ModelLocation> locations) {
    for (Map.Entry<String, ModelLocation> model : locations.entrySet()) {
      LOG.info(
          "model {}, {}, predict route {}, health route {}",
          model.getValue().label(),
          server.servable(model.getKey()).summary(),
          predictRoute(settings, model.getKey()),
          settings.healthRoute());
    }
    Servable model = server.servable(settings.models().defaultName());
    LOG.info("device {}", model.device());
    String url =
        (settings.access().certificate().isPresent() ? "https" : "http")
            + "://localhost:"
            + server.port();
    LOG.info("ready at {} after {} ms", url, millisSinceStart());
    LOG.info(
        "try: curl -s{} {}{} -d '{}'",
        settings.access().tokens().isPresent() ? " -H 'Authorization: Bearer TOKEN'" : "",
        url,
        settings.predictRoute(),
        exampleBody(model));
  }

  private static String predictRoute(ServerSettings settings, String name) {
    return name.equals(settings.models().defaultName())
        ? settings.predictRoute()
        : "/v1/models/" + name + ":predict";
  }

  private static String labels(Map<String, ModelLocation> locations) {
    return String.join(", ", locations.values().stream().map(ModelLocation::label).toList());
  }

  private ServerSettings settings() {
    try {
      environment.requireKnown(command);
      return options.settings(
          Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory());
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private InferenceServer listen(ServerSettings settings) throws IOException {
    try {
      return InferenceServer.listen(settings);
    } catch (IllegalArgumentException e) {
      throw usage(e);
    }
  }

  private CommandLine.ParameterException usage(IllegalArgumentException e) {
    return new CommandLine.ParameterException(
        command.commandLine(),
        environment.reason(
            e,
            argument(Reason.of(e)),
            argument -> command.commandLine().getParseResult().matchedArgs().contains(argument)),
        e);
  }

  /** The argument that {@code message} starts with, if any. */
  private @Nullable ArgSpec argument(String message) {
    return command.findOption("--" + message.split(":", 2)[0]);
  }

  private static String exampleBody(Servable model) {
    if (model.signature().required().size() == 1) {
      return "{\"instances\":[\"a gripping, beautifully acted film\"]}";
    }
    List<String> values = new ArrayList<>();
    for (InputSpec input : model.signature().inputs()) {
      String value =
          switch (input.type()) {
            case STRING -> values.isEmpty() ? "\"one text\"" : "\"another text\"";
            case BOOL -> "true";
            default -> "1";
          };
      int size = input.rowSize();
      values.add(
          size == 1 ? value : "[" + String.join(",", Collections.nCopies(size, value)) + "]");
    }
    return "{\"instances\":[[" + String.join(",", values) + "]]}";
  }

  private static long millisSinceStart() {
    return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
  }

  /**
   * Runs on SIGTERM and SIGINT. Halts with our own status, since the JVM would exit with 128 plus
   * the number of the signal.
   */
  private static void stop(InferenceServer server, ServerSettings settings) {
    SecondSignal.haltOnNextSignal();
    LOG.info("stopping");
    int status = ExitStatus.UNFINISHED;
    try {
      if (server.stop(settings.drainTimeout())) {
        LOG.info("stopped");
        status = ExitStatus.DONE;
      } else {
        LOG.error(
            "stopped after {} s with accepted requests unanswered",
            settings.drainTimeout().toSeconds());
      }
    } catch (InterruptedException | RuntimeException e) {
      LOG.error("stopped with accepted requests unanswered", e);
    }
    Runtime.getRuntime().halt(status);
  }
}
