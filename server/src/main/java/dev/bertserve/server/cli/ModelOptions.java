package dev.bertserve.server.cli;

import dev.bertserve.server.serving.VersionLabels;
import dev.bertserve.server.versions.VersionPolicy;
import dev.bertserve.server.wiring.ModelSettings;
import dev.bertserve.server.wiring.NamedModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The flags of {@code serve} that say which models, and which of their versions. */
final class ModelOptions {

  private static final String SEPARATOR = ",";

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      defaultValue = "",
      description =
          "A SavedModel directory, or gs://bucket/folder; default: the models of --model, or else the"
              + " built-in sentiment model.")
  private String model = "";

  @Option(
      names = "--model",
      paramLabel = "NAME=PATH",
      split = SEPARATOR,
      description = {
        "A model and its name in routes; repeatable, or a list separated by commas. The models share"
            + " the limits in flight and the cache equally.",
        "Numbered folders in PATH are its versions."
      })
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--model-name",
      paramLabel = "NAME",
      description =
          "Name of MODEL in routes (bert); without MODEL, which --model answers requests that name"
              + " none (the first).")
  private Optional<String> modelName = Optional.empty();

  @Option(
      names = "--versions",
      paramLabel = "WHICH",
      defaultValue = "latest",
      description = {
        "Which versions of a model are served: latest, all, or numbers such as 3,5"
            + " (${DEFAULT-VALUE})."
      })
  private String versions = "";

  @Option(
      names = "--version-poll-seconds",
      paramLabel = "S",
      description = {
        "Time between two looks for new versions; 0 means none (1; in a bucket 60).",
        "A new version is loaded when its files are the same at two looks."
      })
  private Optional<Integer> pollSeconds = Optional.empty();

  @Option(
      names = "--label",
      paramLabel = "NAME:LABEL=N",
      split = SEPARATOR,
      description = {
        "A label of a version for TensorFlow Serving's routes, such as bert:stable=3; repeatable, or a"
            + " list separated by commas."
      })
  private List<String> labels = new ArrayList<>();

  @Option(
      names = "--model-control",
      description =
          "Let requests load and unload models: POST /v2/repository/models/NAME/load and /unload.")
  private boolean control;

  /** Returns the settings, checked. */
  ModelSettings settings() {
    List<NamedModel> named = new ArrayList<>();
    if (!model.isEmpty() || models.isEmpty()) {
      named.add(new NamedModel(modelName.orElse(ModelSettings.DEFAULT_NAME), model));
    }
    models.forEach(given -> named.add(NamedModel.parse(given)));
    return new ModelSettings(
        named,
        modelName.orElse(named.get(0).name()),
        VersionPolicy.parse(versions),
        pollSeconds.map(Duration::ofSeconds),
        VersionLabels.parse(labels),
        control);
  }
}
