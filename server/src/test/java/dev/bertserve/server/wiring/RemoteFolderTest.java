package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.FakeStorage;
import dev.bertserve.server.savedmodel.CacheFolder;
import dev.bertserve.server.savedmodel.Downloads;
import dev.bertserve.server.storage.StorageFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions in a folder of a bucket. */
@Timeout(60)
final class RemoteFolderTest {

  private static final String BUCKET = "versions";

  private static FakeStorage storage;
  private static int tests;

  @TempDir Path cache;
  private final String name = "model" + tests++;
  private Downloads downloads;
  private RemoteFolder folder;

  @BeforeAll
  static void startStorage() throws IOException {
    storage = FakeStorage.start();
    storage.createBucket(BUCKET);
  }

  @AfterAll
  static void stopStorage() {
    if (storage != null) {
      storage.close();
    }
  }

  @BeforeEach
  void start() {
    downloads = Downloads.beside(CacheFolder.chosen(cache));
    folder =
        new RemoteFolder(
            StorageFolder.parse("gs://versions/" + name),
            downloads,
            Map.of("STORAGE_EMULATOR_HOST", storage.uri().toString()));
  }

  @AfterEach
  void stop() {
    downloads.close();
  }

  @Test
  void list_numberedFolders_areVersionsOnceTheyHoldAModel() throws IOException {
    put("2/saved_model.pb");
    put("10/variables/variables.index");

    assertThat(folder.list()).containsExactly(Map.entry(2L, Path.of("2")));
    assertThat(folder.isVersioned()).isTrue();

    put("10/saved_model.pb");

    assertThat(folder.list())
        .containsExactly(Map.entry(2L, Path.of("2")), Map.entry(10L, Path.of("10")));
    try (Stream<Path> left = Files.list(cache.resolve("downloads"))) {
      assertThat(left.filter(Files::isDirectory)).isEmpty();
    }
  }

  @Test
  void list_huggingFaceFolder_findsItsVersions() throws IOException {
    put("bert/tokenizer.json");
    put("bert/saved_model/1/saved_model.pb");

    assertThat(folder.list()).containsExactly(Map.entry(1L, Path.of("bert/saved_model/1")));
    assertThat(folder.isVersioned()).isTrue();
  }

  @Test
  void list_noNumberedFolders_isVersion1() throws IOException {
    put("saved_model.pb");

    assertThat(folder.list()).containsExactly(Map.entry(1L, Path.of("")));
    assertThat(folder.isVersioned()).isFalse();
  }

  @Test
  void list_noModel_saysSoByItsUri() throws IOException {
    put("1/notes.txt");

    assertThatThrownBy(folder::list)
        .hasMessage(
            "gs://versions/" + name + ": no saved_model.pb (expected: a SavedModel directory)");
  }

  @Test
  void stamp_objectOfTheVersionChanged_differs() throws IOException {
    put("1/saved_model.pb");
    put("10/saved_model.pb");
    folder.list();
    String one = folder.stamp(Path.of("1"));
    String ten = folder.stamp(Path.of("10"));
    put("10/saved_model.pb");
    folder.list();

    assertThat(folder.stamp(Path.of("1"))).isEqualTo(one).isNotEmpty();
    assertThat(folder.stamp(Path.of("10"))).isNotEqualTo(ten);
  }

  private void put(String path) throws IOException {
    storage.put(BUCKET, name + "/" + path, path.getBytes(StandardCharsets.UTF_8));
  }
}
