package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Versions in a folder of a bucket. */
@Timeout(60)
final class RemoteFolderTest extends RemoteRig {

  private RemoteFolder folder;

  @BeforeEach
  void open() {
    folder = new RemoteFolder(bucket(), downloads, environment());
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
        .hasMessage(uri + ": no saved_model.pb (expected: a SavedModel directory)");
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
}
