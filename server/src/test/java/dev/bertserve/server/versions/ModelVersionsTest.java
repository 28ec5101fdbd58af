package dev.bertserve.server.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.serving.ModelVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The versions of a model as its folder changes; each test makes the polls. */
@Timeout(60)
final class ModelVersionsTest {

  @TempDir private Path folder;
  private VersionRig rig;

  @BeforeEach
  void start() {
    rig = new VersionRig(folder);
  }

  @AfterEach
  void stop() throws InterruptedException {
    rig.close();
  }

  @Test
  void open_severalVersions_servesTheLargest() throws IOException {
    rig.write(9, "90");
    rig.write(10, "100");
    rig.versions("latest").open();

    assertThat(rig.score()).isEqualTo(100);
    assertThat(rig.states()).containsExactly("10 AVAILABLE");
    assertThat(rig.loader.loads).containsExactly("10");
  }

  @Test
  void open_anotherVersionExpectedAtStart_isListedNoMore() throws IOException {
    rig.registry.expect(new ModelVersion("bert", 1));
    rig.write(1, "10");
    rig.write(5, "50");
    rig.versions("latest").open();

    assertThat(rig.states()).containsExactly("5 AVAILABLE");
  }

  @Test
  void open_noVersions_servesTheFolderAsVersion1() throws IOException {
    Files.writeString(folder.resolve(ScriptedLoader.MODEL), "7");
    ModelVersions versions = rig.versions("latest");
    versions.open();

    assertThat(versions.isVersioned()).isFalse();
    assertThat(rig.score()).isEqualTo(7);
    assertThat(rig.states()).containsExactly("1 AVAILABLE");
  }

  @Test
  void open_brokenBesideAnother_servesTheOtherAndSaysWhy() throws IOException {
    rig.write(1, "10");
    rig.write(2, "broken");
    rig.versions("all").open();

    assertThat(rig.score()).isEqualTo(10);
    assertThat(rig.registry.failures())
        .containsExactly("model bert version 2: 2: broken (expected: a number)");
  }

  @Test
  void open_noneCanBeLoaded_throwsWhy() throws IOException {
    rig.write(1, "10");
    rig.write(2, "broken");

    assertThatThrownBy(() -> rig.versions("latest").open())
        .hasMessage("2: broken (expected: a number)");
    assertThatThrownBy(() -> rig.versions("3").open())
        .hasMessage(folder + ": versions [1, 2] (expected: one of --versions)");
  }

  @Test
  void poll_newVersion_isLoadedOnceItsFilesAreSettledAndReplacesTheOld() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("latest");
    versions.open();

    rig.write(2, "20");
    versions.poll();
    assertThat(rig.score()).isEqualTo(10);

    Files.writeString(folder.resolve("2").resolve("more"), "still copying");
    versions.poll();
    assertThat(rig.score()).isEqualTo(10);

    versions.poll();
    assertThat(rig.score()).isEqualTo(20);
    assertThat(rig.states()).containsExactly("1 END", "2 AVAILABLE");
    assertThat(rig.loader.openEngines()).isEqualTo(1);
    assertThat(rig.loader.startedBeside).containsExactly(1L);
  }

  @Test
  void poll_folderWithoutAModel_isWaitedFor() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("latest");
    versions.open();
    Files.createDirectories(folder.resolve("2").resolve("variables"));
    versions.poll();
    versions.poll();

    assertThat(rig.states()).containsExactly("1 AVAILABLE");
    assertThat(rig.loader.loads).containsExactly("1");
  }

  @Test
  void poll_brokenVersion_leavesTheOldOneAndIsRetriedWhenItsFilesChange() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("latest");
    versions.open();
    rig.write(2, "broken");
    rig.pollTwice(versions);
    rig.pollTwice(versions);

    assertThat(rig.score()).isEqualTo(10);
    assertThat(rig.loader.loads).containsExactly("1", "2");
    assertThat(rig.states()).containsExactly("1 AVAILABLE", "2 END");
    assertThat(rig.registry.failures())
        .containsExactly("model bert version 2: 2: broken (expected: a number)");
    assertThat(rig.metrics())
        .contains("bertserve_version_loads_total{model=\"bert\",result=\"failed\"} 1.0");

    rig.write(2, "200");
    rig.pollTwice(versions);

    assertThat(rig.score()).isEqualTo(200);
    assertThat(rig.states()).containsExactly("1 END", "2 AVAILABLE");
    assertThat(rig.registry.failures()).isEmpty();
    assertThat(rig.metrics())
        .contains("bertserve_version_loads_total{model=\"bert\",result=\"loaded\"} 2.0");
  }

  @Test
  void poll_otherSignature_isRefusedAndClosed() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("latest");
    versions.open();
    rig.write(2, "20");
    Files.writeString(folder.resolve("2").resolve(ScriptedLoader.INPUT), "review");
    rig.pollTwice(versions);

    assertThat(rig.score()).isEqualTo(10);
    assertThat(rig.registry.failures())
        .containsExactly(
            "model bert version 2: inputs: [review DT_STRING []]"
                + " (expected: [text DT_STRING []], as version 1 has)");
    assertThat(rig.loader.openEngines()).isEqualTo(1);
    assertThat(rig.loader.finished).isEqualTo(2);
  }

  @Test
  void poll_servingVersionVanishes_fallsBackButNeverUnloadsTheLast() throws IOException {
    rig.write(1, "10");
    rig.write(2, "20");
    ModelVersions versions = rig.versions("latest");
    versions.open();

    rig.delete(2);
    rig.pollTwice(versions);
    assertThat(rig.score()).isEqualTo(10);
    assertThat(rig.states()).containsExactly("1 AVAILABLE", "2 END");

    versions.poll();
    assertThat(rig.states()).containsExactly("1 AVAILABLE");

    rig.delete(1);
    rig.pollTwice(versions);
    assertThat(rig.score()).isEqualTo(10);
    assertThat(rig.states()).containsExactly("1 AVAILABLE");
  }

  @Test
  void poll_folderIsGone_changesNothing() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("latest");
    versions.open();
    rig.delete(1);
    Files.delete(folder);
    rig.pollTwice(versions);

    assertThat(rig.score()).isEqualTo(10);
    Files.createDirectory(folder);
  }

  @Test
  void poll_allVersions_areServedBesideEachOther() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("all");
    versions.open();
    rig.write(2, "20");
    rig.pollTwice(versions);
    assertThat(rig.states()).containsExactly("1 AVAILABLE", "2 AVAILABLE");
    assertThat(rig.metrics()).containsOnlyOnce("bertserve_rows_in_flight{model=\"bert\"} 0");

    rig.delete(1);
    versions.poll();
    assertThat(rig.states()).containsExactly("1 END", "2 AVAILABLE");
    assertThat(rig.metrics()).containsOnlyOnce("bertserve_rows_in_flight{model=\"bert\"} 0");
  }

  @Test
  void poll_someNumbers_ignoresTheOthers() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("1,3");
    versions.open();
    rig.write(2, "20");
    rig.write(3, "30");
    rig.pollTwice(versions);

    assertThat(rig.states()).containsExactly("1 AVAILABLE", "3 AVAILABLE");
  }

  @Test
  void unload_onRequest_staysUnloadedUntilTheNextLoad() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("latest");
    versions.open();

    versions.unload();
    rig.pollTwice(versions);
    assertThat(rig.states()).containsExactly("1 END");
    assertThat(rig.loader.openEngines()).isZero();
    assertThatThrownBy(rig::score).hasMessage("model bert: not loaded");

    versions.load();
    assertThat(rig.score()).isEqualTo(10);
  }

  @Test
  void load_brokenVersionOnRequest_throwsAndLeavesTheOldOne() throws IOException {
    rig.write(1, "10");
    ModelVersions versions = rig.versions("latest");
    versions.open();
    rig.write(2, "broken");

    assertThatThrownBy(versions::load).hasMessage("2: broken (expected: a number)");
    assertThat(rig.score()).isEqualTo(10);
  }
}
