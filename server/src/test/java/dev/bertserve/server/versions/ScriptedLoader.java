package dev.bertserve.server.versions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.text.TextProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Loads what the test wrote into saved_model.pb: a number is the score of each row; anything else
 * fails. A file named after an input changes the signature. Counts the engines that are open.
 */
final class ScriptedLoader implements VersionLoader {

  static final String MODEL = "saved_model.pb";
  static final String INPUT = "input";

  /** Names of the folders that were loaded, or could not be. */
  final List<String> loads = new ArrayList<>();

  /** Numbers of the versions beside which versions were started. */
  final List<Long> startedBeside = new ArrayList<>();

  /** Number of versions whose remaining work was done. */
  int finished;

  /** Runs before a version is started. */
  Runnable beforeStart = () -> {};

  private final MetricsPage page;
  private final List<PuppetEngine> engines = new ArrayList<>();

  ScriptedLoader(MetricsPage page) {
    this.page = page;
  }

  long openEngines() {
    return engines.stream().filter(PuppetEngine::isOpen).count();
  }

  @Override
  public Loaded load(Path folder) throws IOException {
    loads.add(String.valueOf(folder.getFileName()));
    String text = Files.readString(folder.resolve(MODEL));
    if (!text.matches("[0-9]+")) {
      throw new IOException(folder.getFileName() + ": " + text + " (expected: a number)");
    }
    Path input = folder.resolve(INPUT);
    float score = Float.parseFloat(text);
    PuppetEngine engine = new PuppetEngine(row -> score);
    engines.add(engine);
    return new Loaded(
        new Servable(
            List.of(
                NamedSignature.only(
                    "serving_default",
                    ModelSignature.ofTexts(
                        List.of(Files.exists(input) ? Files.readString(input) : "text"),
                        PuppetEngine.OUTPUTS))),
            new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create()),
            engine,
            2,
            "scripted",
            "none"),
        () -> finished++);
  }

  @Override
  public ServedModel start(
      ModelVersion version, Path folder, Servable servable, Optional<ServedModel> before) {
    beforeStart.run();
    before.ifPresent(model -> startedBeside.add(model.version().number()));
    return ServedModel.start(
        version,
        servable,
        before,
        PuppetEngine.settings(2),
        page,
        reason -> assertThat(reason).as("failure of a thread").isNull(),
        System::nanoTime);
  }
}
