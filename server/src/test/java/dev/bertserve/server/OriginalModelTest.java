package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.cli.Golden;
import dev.bertserve.server.cli.OriginalOutputs;
import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.fixture.TextLibraries;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.tensorflow.OpLibraries;
import dev.bertserve.server.tensorflow.OriginalModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The original graph and the libraries that it needs. */
final class OriginalModelTest {

  @TempDir Path folder;

  @Test
  void load_noSuchPath_saysWhatWasExpected() {
    Path missing = folder.resolve("none.so");

    assertThatThrownBy(() -> OpLibraries.load(List.of(missing)))
        .hasMessage(
            "op-library: "
                + missing
                + " (expected: a shared object, or a folder of shared objects)");
  }

  @Test
  void load_textFile_saysSo() throws IOException {
    Path file = Files.writeString(folder.resolve("text.so"), "no library");

    assertThatThrownBy(() -> OpLibraries.load(List.of(file)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("op-library: " + file)
        .hasMessageContaining("(expected: a library of ops for TensorFlow 2.18");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "albert_pair",
        "bert_uncased",
        "fast_cased",
        "fast_uncased",
        "module",
        "several_outputs",
        "tfkeras_export"
      })
  void run_withTensorFlowTextsLibraries_returnsTheModelsOutputs(String name) throws IOException {
    List<Path> libraries = List.of(TextLibraries.folder());
    try (OriginalModel model =
        OriginalModel.open(SmallModels.folder(name), Optional.empty(), libraries, 1)) {
      List<Golden> goldens = new ArrayList<>();
      for (String line : SmallModels.lines(name, "goldens.jsonl")) {
        goldens.add(Golden.parse(line, goldens.size() + 1, model.signature()));
      }
      List<InputSpec> inputs = model.signature().inputs();
      List<Golden> answers = new OriginalOutputs(model, inputs).of(goldens);
      for (int row = 0; row < goldens.size(); row++) {
        for (int i = 0; i < goldens.get(row).outputs().size(); i++) {
          Column expected = goldens.get(row).outputs().get(i);
          for (int k = 0; k < expected.size(); k++) {
            assertThat(expected.difference(k, answers.get(row).outputs().get(i)))
                .as("%s of %s", name, goldens.get(row).texts())
                .isLessThanOrEqualTo(1e-5);
          }
        }
      }
    }
  }

  @Test
  void open_opOfNoLibrary_namesIt() throws IOException {
    Path model = Models.copy(SmallModels.folder("bert_uncased"), folder.resolve("model"));
    BadModelsTest.nodes(node -> BadModelsTest.rename(node, "Sigmoid", "NobodysOp")).spoil(model);

    assertThatThrownBy(() -> OriginalModel.open(model, Optional.empty(), List.of(), 1))
        .isInstanceOf(UnsupportedModelException.class)
        .message()
        .contains("NobodysOp", "(expected: ops of TensorFlow 2.18", "--op-library")
        .doesNotContain("Sigmoid", "\n");
  }

  @Test
  void open_emptyFolder_saysSo() {
    assertThatThrownBy(() -> OriginalModel.open(folder, Optional.empty(), List.of(), 1))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("no saved_model.pb");
  }
}
