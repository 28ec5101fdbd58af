package dev.bertserve.server.wiring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which objects of a folder are downloaded, and what tells one model from another. */
@Timeout(60)
final class RemoteModelTest extends RemoteRig {

  @Test
  void download_versions_takesTheLatestAlone() throws IOException {
    put("1/saved_model.pb", "1/variables/variables.index", "notes.txt");
    put("10/saved_model.pb", "10/variables/variables.index", "10/assets/vocab.txt");
    put("9/saved_model.pb");
    try (RemoteModel model = list()) {
      Path target = model.download().folder();

      assertThat(files(target))
          .containsExactlyInAnyOrder(
              "10/saved_model.pb", "10/variables/variables.index", "10/assets/vocab.txt");
      assertThat(target.resolve("10/assets/vocab.txt")).hasContent("10/assets/vocab.txt");
      assertThat(proxy.downloads()).hasSize(3);
    }
  }

  @Test
  void download_huggingFaceFolder_takesTheTokenizerToo() throws IOException {
    put("bert/saved_model/1/saved_model.pb", "bert/tokenizer.json", "bert/model.safetensors");
    try (RemoteModel model = list()) {
      assertThat(files(model.download().folder()))
          .containsExactlyInAnyOrder("bert/saved_model/1/saved_model.pb", "bert/tokenizer.json");
    }
  }

  @Test
  void download_preparedModel_takesAllItsFiles() throws IOException {
    put("manifest.txt", "graph.pb", "weights.bin");
    try (RemoteModel model = list()) {
      assertThat(files(model.download().folder()))
          .containsExactlyInAnyOrder("manifest.txt", "graph.pb", "weights.bin");
    }
  }

  @Test
  void identity_modelsOwnObjectChanged_differs() throws IOException {
    put("1/saved_model.pb", "notes.txt");
    String before = identity();
    put("notes.txt");

    assertThat(identity()).isEqualTo(before);

    put("1/saved_model.pb");

    assertThat(identity()).isNotEqualTo(before);
    assertThat(proxy.downloads()).isEmpty();
  }

  @Test
  void list_noModel_saysWhatIsThereByItsUri() throws IOException {
    put("model.safetensors");

    assertThatThrownBy(this::list)
        .hasMessageStartingWith(uri + ": weights alone (expected: a SavedModel");
    assertThat(files(cache.resolve("downloads"))).containsExactly("lock");
  }

  @Test
  void close_downloadedModel_leavesNothing() throws IOException {
    put("saved_model.pb");
    RemoteModel model = list();
    Path target = model.download().folder();
    model.close();

    assertThat(target).doesNotExist();
    assertThat(files(cache.resolve("downloads"))).containsExactly("lock");
  }

  private RemoteModel list() throws IOException {
    ModelLocation location = ModelLocation.of(uri, Optional.empty(), Optional.empty());
    return RemoteModel.list(location, bucket(), downloads, environment(), line -> {});
  }

  private String identity() throws IOException {
    try (RemoteModel model = list()) {
      return model.identity();
    }
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> tree = Files.walk(folder)) {
      return tree.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .toList();
    }
  }
}
