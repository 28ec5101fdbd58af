package dev.bertserve.server.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ModelLayoutTest {

  @TempDir Path folder;

  @Test
  void modelFolder_modelItself_isIt() throws IOException {
    model("");
    model("1");
    assertThat(ModelLayout.modelFolder(folder)).isEqualTo(folder);
  }

  @Test
  void modelFolder_versions_isTheLargestNumber() throws IOException {
    model("9");
    model("10");
    model("v0.11");
    Files.createDirectories(folder.resolve("11"));
    assertThat(ModelLayout.modelFolder(folder)).isEqualTo(folder.resolve("10"));
    assertThat(ModelLayout.ignored(folder)).containsExactly(folder.resolve("v0.11"));
  }

  @Test
  void modelFolder_oneModelInAFolder_isIt() throws IOException {
    model("bert/export");
    Files.createDirectories(folder.resolve("logs/empty"));
    assertThat(ModelLayout.modelFolder(folder)).isEqualTo(folder.resolve("bert/export"));
    assertThat(ModelLayout.ignored(folder)).isEmpty();
  }

  @Test
  void modelFolder_huggingFace_isItsSavedModel() throws IOException {
    model("mine/saved_model/1");
    assertThat(ModelLayout.modelFolder(folder)).isEqualTo(folder.resolve("mine/saved_model/1"));
  }

  @Test
  void modelFolder_severalModels_listsThem() throws IOException {
    model("a");
    model("b");
    assertThatThrownBy(() -> ModelLayout.modelFolder(folder))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("models [a, b] (expected: one of them)");
  }

  @ParameterizedTest
  @CsvSource({
    "classifier.keras, model.export(DIR)",
    "model.weights.h5, model.export(DIR)",
    "tf_model.h5, 'save_pretrained(DIR, saved_model=True)'",
    "model.ckpt-1000.meta, tf.saved_model.save",
    "model.safetensors, from_pt=True",
    "notes.txt, a SavedModel directory"
  })
  void modelFolder_somethingElse_saysWhatToExport(String file, String expected) throws IOException {
    Files.writeString(folder.resolve(file), "");
    assertThatThrownBy(() -> ModelLayout.modelFolder(folder))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(expected);
  }

  private void model(String name) throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    Files.writeString(place.resolve("saved_model.pb"), "");
  }
}
