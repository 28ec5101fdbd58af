package dev.bertserve.server.versions;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.metrics.VersionMetrics;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelRegistry;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ServedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A model named bert whose versions a test writes, in a server that is ready. */
final class VersionRig {

  final MetricsPage page = new MetricsPage();
  final ScriptedLoader loader = new ScriptedLoader(page);
  final ModelRegistry registry;
  private final Path folder;

  VersionRig(Path folder) {
    this.folder = folder;
    Lifecycle lifecycle = new Lifecycle();
    lifecycle.moveTo(State.READY);
    registry = new ModelRegistry(lifecycle);
  }

  ModelVersions versions(String policy) throws IOException {
    return new ModelVersions(
        "bert",
        ModelFolder.of(folder),
        VersionPolicy.parse(policy),
        loader,
        registry,
        new VersionMetrics(page, "bert"),
        Duration.ofSeconds(30),
        System::nanoTime);
  }

  /** A version's files count as complete when two polls have seen them. */
  void pollTwice(ModelVersions versions) {
    versions.poll();
    versions.poll();
  }

  /** The text of a version decides what the loader makes of it. */
  void write(int version, String text) throws IOException {
    Path model = Files.createDirectories(folder.resolve(Integer.toString(version)));
    Files.writeString(model.resolve(ScriptedLoader.MODEL), text);
  }

  void delete(int version) throws IOException {
    Path model = folder.resolve(Integer.toString(version));
    Files.delete(model.resolve(ScriptedLoader.MODEL));
    Files.delete(model);
  }

  /** The score of the version that serves. */
  float score() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"a"});
    PredictRequest request = new PredictRequest(rows, Caller.inProcess(System.nanoTime()));
    try (ModelLease lease = registry.latest("bert").lease();
        Prediction prediction = lease.model().predict(request).toCompletableFuture().join()) {
      return floats(prediction, 0)[0];
    }
  }

  List<String> states() {
    List<String> states = new ArrayList<>();
    for (ModelState state : registry.models()) {
      states.add(state.version().number() + " " + state.state());
    }
    return states;
  }

  String metrics() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    page.writeTo(text);
    return text.toString(StandardCharsets.UTF_8);
  }

  /** Closes the models that serve; afterwards no engine is open. */
  void close() throws InterruptedException {
    closeServed();
    assertThat(loader.openEngines()).isZero();
  }

  void closeServed() throws InterruptedException {
    for (ServedModel model : registry.retireAll()) {
      assertThat(model.close(System.nanoTime() + TimeUnit.SECONDS.toNanos(30), System::nanoTime))
          .isTrue();
    }
  }
}
