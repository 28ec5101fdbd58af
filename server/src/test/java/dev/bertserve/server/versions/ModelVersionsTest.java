package dev.bertserve.server.versions;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.metrics.VersionMetrics;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelRegistry;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.VersionState;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The versions of a model as its folder changes; each test makes the polls. */
@Timeout(60)
final class ModelVersionsTest {

  private final Lifecycle lifecycle = new Lifecycle();
  private final MetricsPage page = new MetricsPage();
  private final ModelRegistry registry = new ModelRegistry(lifecycle);
  private final ScriptedLoader loader = new ScriptedLoader(page);

  @TempDir private Path folder;

  @BeforeEach
  void ready() {
    lifecycle.moveTo(State.READY);
  }

  @AfterEach
  void close() throws InterruptedException {
    for (ServedModel model : registry.retireAll()) {
      assertThat(model.close(System.nanoTime() + TimeUnit.SECONDS.toNanos(30), System::nanoTime))
          .isTrue();
    }
    assertThat(loader.openEngines()).isZero();
  }

  @Test
  void open_severalVersions_servesTheLargest() throws IOException {
    write(9, "90");
    write(10, "100");
    versions("latest").open();

    assertThat(score()).isEqualTo(100);
    assertThat(states()).containsExactly("10 AVAILABLE");
    assertThat(loader.loads).containsExactly("10");
  }

  @Test
  void open_noVersions_servesTheFolderAsVersion1() throws IOException {
    Files.writeString(folder.resolve(ScriptedLoader.MODEL), "7");
    ModelVersions versions = versions("latest");
    versions.open();

    assertThat(versions.isVersioned()).isFalse();
    assertThat(score()).isEqualTo(7);
    assertThat(states()).containsExactly("1 AVAILABLE");
  }

  @Test
  void open_brokenBesideAnother_servesTheOtherAndSaysWhy() throws IOException {
    write(1, "10");
    write(2, "broken");
    versions("all").open();

    assertThat(score()).isEqualTo(10);
    assertThat(registry.failures())
        .containsExactly("model bert version 2: 2: broken (expected: a number)");
  }

  @Test
  void open_noneCanBeLoaded_throwsWhy() throws IOException {
    write(1, "10");
    write(2, "broken");

    assertThatThrownBy(() -> versions("latest").open())
        .hasMessage("2: broken (expected: a number)");
    assertThatThrownBy(() -> versions("3").open())
        .hasMessage(folder + ": versions [1, 2] (expected: one of --versions)");
  }

  @Test
  void poll_newVersion_isLoadedOnceItsFilesAreSettledAndReplacesTheOld() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("latest");
    versions.open();

    write(2, "20");
    versions.poll();
    assertThat(score()).isEqualTo(10);

    Files.writeString(folder.resolve("2").resolve("more"), "still copying");
    versions.poll();
    assertThat(score()).isEqualTo(10);

    versions.poll();
    assertThat(score()).isEqualTo(20);
    assertThat(states()).containsExactly("1 END", "2 AVAILABLE");
    assertThat(loader.openEngines()).isEqualTo(1);
    assertThat(loader.startedBeside).containsExactly(1L);
  }

  @Test
  void poll_folderWithoutAModel_isWaitedFor() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("latest");
    versions.open();
    Files.createDirectories(folder.resolve("2").resolve("variables"));
    versions.poll();
    versions.poll();

    assertThat(states()).containsExactly("1 AVAILABLE");
    assertThat(loader.loads).containsExactly("1");
  }

  @Test
  void poll_brokenVersion_leavesTheOldOneAndIsRetriedWhenItsFilesChange() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("latest");
    versions.open();
    write(2, "broken");
    pollTwice(versions);
    pollTwice(versions);

    assertThat(score()).isEqualTo(10);
    assertThat(loader.loads).containsExactly("1", "2");
    assertThat(states()).containsExactly("1 AVAILABLE", "2 END");
    assertThat(registry.failures())
        .containsExactly("model bert version 2: 2: broken (expected: a number)");
    assertThat(metrics())
        .contains("bertserve_version_loads_total{model=\"bert\",result=\"failed\"} 1.0");

    write(2, "200");
    pollTwice(versions);

    assertThat(score()).isEqualTo(200);
    assertThat(states()).containsExactly("1 END", "2 AVAILABLE");
    assertThat(registry.failures()).isEmpty();
    assertThat(metrics())
        .contains("bertserve_version_loads_total{model=\"bert\",result=\"loaded\"} 2.0");
  }

  @Test
  void poll_otherSignature_isRefusedAndClosed() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("latest");
    versions.open();
    write(2, "20");
    Files.writeString(folder.resolve("2").resolve(ScriptedLoader.INPUT), "review");
    pollTwice(versions);

    assertThat(score()).isEqualTo(10);
    assertThat(registry.failures())
        .containsExactly(
            "model bert version 2: inputs: [review DT_STRING []]"
                + " (expected: [text DT_STRING []], as version 1 has)");
    assertThat(loader.openEngines()).isEqualTo(1);
  }

  @Test
  void poll_servingVersionVanishes_fallsBackButNeverUnloadsTheLast() throws IOException {
    write(1, "10");
    write(2, "20");
    ModelVersions versions = versions("latest");
    versions.open();

    delete(2);
    pollTwice(versions);
    assertThat(score()).isEqualTo(10);
    assertThat(states()).containsExactly("1 AVAILABLE", "2 END");

    versions.poll();
    assertThat(states()).containsExactly("1 AVAILABLE");

    delete(1);
    pollTwice(versions);
    assertThat(score()).isEqualTo(10);
    assertThat(states()).containsExactly("1 AVAILABLE");
  }

  @Test
  void poll_folderIsGone_changesNothing() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("latest");
    versions.open();
    delete(1);
    Files.delete(folder);
    pollTwice(versions);

    assertThat(score()).isEqualTo(10);
    Files.createDirectory(folder);
  }

  @Test
  void poll_allVersions_areServedBesideEachOther() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("all");
    versions.open();
    write(2, "20");
    pollTwice(versions);
    assertThat(states()).containsExactly("1 AVAILABLE", "2 AVAILABLE");
    assertThat(metrics()).containsOnlyOnce("bertserve_rows_in_flight{model=\"bert\"} 0");

    delete(1);
    versions.poll();
    assertThat(states()).containsExactly("1 END", "2 AVAILABLE");
    assertThat(metrics()).containsOnlyOnce("bertserve_rows_in_flight{model=\"bert\"} 0");
  }

  @Test
  void poll_someNumbers_ignoresTheOthers() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("1,3");
    versions.open();
    write(2, "20");
    write(3, "30");
    pollTwice(versions);

    assertThat(states()).containsExactly("1 AVAILABLE", "3 AVAILABLE");
  }

  @Test
  void unload_onRequest_staysUnloadedUntilTheNextLoad() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("latest");
    versions.open();

    versions.unload();
    pollTwice(versions);
    assertThat(states()).containsExactly("1 END");
    assertThat(loader.openEngines()).isZero();
    assertThatThrownBy(this::score).hasMessage("model bert: not loaded");

    versions.load();
    assertThat(score()).isEqualTo(10);
  }

  @Test
  void load_brokenVersionOnRequest_throwsAndLeavesTheOldOne() throws IOException {
    write(1, "10");
    ModelVersions versions = versions("latest");
    versions.open();
    write(2, "broken");

    assertThatThrownBy(versions::load).hasMessage("2: broken (expected: a number)");
    assertThat(score()).isEqualTo(10);
  }

  private ModelVersions versions(String policy) throws IOException {
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

  private static void pollTwice(ModelVersions versions) {
    versions.poll();
    versions.poll();
  }

  /** The text of a version decides what the loader makes of it. */
  private void write(int version, String text) throws IOException {
    Path model = Files.createDirectories(folder.resolve(Integer.toString(version)));
    Files.writeString(model.resolve(ScriptedLoader.MODEL), text);
  }

  private void delete(int version) throws IOException {
    Path model = folder.resolve(Integer.toString(version));
    Files.delete(model.resolve(ScriptedLoader.MODEL));
    Files.delete(model);
  }

  private float score() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"a"});
    PredictRequest request = new PredictRequest(rows, () -> false, Duration.ofDays(1));
    try (ModelLease lease = registry.latest("bert").lease();
        Prediction prediction = lease.model().predict(request).toCompletableFuture().join()) {
      return floats(prediction, 0)[0];
    }
  }

  private List<String> states() {
    List<String> states = new ArrayList<>();
    for (ModelState state : registry.models()) {
      VersionState name = state.state();
      states.add(state.version().number() + " " + name);
    }
    return states;
  }

  private String metrics() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    page.writeTo(text);
    return text.toString(StandardCharsets.UTF_8);
  }
}
