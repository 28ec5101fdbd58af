package dev.bertserve.server;

import dev.bertserve.server.config.ServeOptions;
import dev.bertserve.server.config.ServerSettings;
import dev.bertserve.server.config.SignatureOption;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.tensorflow.prepare.ModelLayout;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a model over HTTP until it is told to stop. */
@Command(
    name = "serve",
    description = {
      "Serves a SavedModel over HTTP.",
      "Each flag can be given as BERTSERVE_<FLAG>, such as BERTSERVE_MAX_BATCH_ROWS; the flag wins."
          + " What Vertex AI sets (AIP_HTTP_PORT, AIP_HEALTH_ROUTE, AIP_PREDICT_ROUTE,"
          + " AIP_STORAGE_URI) comes after both."
    },
    exitCodeListHeading = "%nExit statuses:%n",
    exitCodeList = {
      "0:stopped, with all that was accepted answered",
      "1:could not start, or with --check could not serve the model",
      "2:the command line was not understood",
      "3:the Java heap was full",
      "4:stopped with work undone after --drain-seconds",
      "130, 143:stopped at once by a second SIGINT, SIGTERM"
    })
final class ServeCommand implements Callable<Integer> {

  private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

  @Option(
      names = "--check",
      description = "Get ready, then stop: exits 0 if the model can be served, else 1.")
  private boolean check;

  @Spec private CommandSpec command = CommandSpec.create();

  @Mixin private final SignatureOption signature = new SignatureOption();

  @Mixin private final TokenizerOptions tokens = new TokenizerOptions();

  @Mixin private final ServeOptions options = new ServeOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    ServerSettings settings = settings();
    ModelLocation location =
        ModelLocation.of(settings.model(), signature.name(), tokens.tokenizer());
    InferenceServer<?> server = InferenceServer.listen(settings);
    LOG.info("listening on port {} after {} ms", server.port(), millisSinceStart());
    if (check) {
      server.load(location);
      server.stop(settings.drainTimeout());
      return ExitStatus.DONE;
    }
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, settings), "stop"));
    try {
      for (Path ignored : ModelLayout.ignored(location.folder())) {
        LOG.warn("model {}: ignored (expected: a version's folder is named by a number)", ignored);
      }
      ServedModel<?> model = server.load(location);
      LOG.info(
          "model {}, {}, predict route {}, health route {}",
          location.label(),
          model.summary(),
          settings.predictRoute(),
          settings.healthRoute());
      LOG.info("device {}", model.device());
      LOG.info("ready at http://localhost:{} after {} ms", server.port(), millisSinceStart());
      LOG.info(
          "try: curl -s http://localhost:{}{} -d '{}'",
          server.port(),
          settings.predictRoute(),
          exampleBody(model));
    } catch (IOException | RuntimeException | LinkageError e) {
      LOG.error("model {} cannot be served: {}", location.label(), Reason.of(e));
      LOG.debug("cause", e);
    }
    new CountDownLatch(1).await();
    return ExitStatus.DONE;
  }

  private ServerSettings settings() {
    try {
      return options.settings(Runtime.getRuntime().availableProcessors());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private static String exampleBody(ServedModel<?> model) {
    return model.signature().inputs().size() == 1
        ? "{\"instances\":[\"a gripping, beautifully acted film\"]}"
        : "{\"instances\":[[\"one text\",\"another text\"]]}";
  }

  private static long millisSinceStart() {
    return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
  }

  /** Runs on SIGTERM and SIGINT; the JVM would exit with the signal's number, we did our work. */
  private static void stop(InferenceServer<?> server, ServerSettings settings) {
    SecondSignal.endsAtOnce();
    LOG.info("stopping");
    int status = ExitStatus.UNDONE;
    try {
      if (server.stop(settings.drainTimeout())) {
        LOG.info("stopped");
        status = ExitStatus.DONE;
      } else {
        LOG.error("stopped with work undone after {} s", settings.drainTimeout().toSeconds());
      }
    } catch (InterruptedException | RuntimeException e) {
      LOG.error("stopped with work undone", e);
    }
    Runtime.getRuntime().halt(status);
  }
}
