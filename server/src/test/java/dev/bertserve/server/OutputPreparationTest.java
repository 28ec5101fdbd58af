package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.preprocessing.LoadedTokenizer;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.savedmodel.AddedTokenizer;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is understood of models with outputs of every kind, before they run. */
final class OutputPreparationTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "out_classes",
        "out_top",
        "out_tables",
        "out_texts",
        "out_kinds",
        "out_twice",
        "out_tiled",
        "out_keys",
        "out_mixed",
        "out_cleaned",
        "out_counted",
        "out_listed"
      })
  void recognise_headsOfAnyKind_packRows(String name) throws IOException {
    PreparedModel model = OutputModelsTest.prepared(name);

    assertThat(model.recognised().packsRows()).isTrue();
  }

  @Test
  void prepare_inputsBesideTheText_areHandedOn() throws IOException {
    PreparedModel model = OutputModelsTest.prepared("out_keys");

    assertThat(model.signature().inputs())
        .contains(
            InputSpec.text("text"),
            new InputSpec("id", List.of(), ValueType.INT64, false),
            new InputSpec("many", List.of(3), ValueType.STRING, false));
    assertThat(model.signature().outputs())
        .filteredOn(OutputSpec::isComputed)
        .extracting(OutputSpec::name)
        .containsExactly("probs");
    assertThat(model.graph().outputs()).containsOnlyKeys("probs");
  }

  @Test
  void prepare_defaultThatTakesIds_servesTheTextOrTheIdsThatAreAskedFor() throws IOException {
    PreparedModel ofText = OutputModelsTest.prepared("out_ids");
    LoadedTokenizer tokens = ofText.tokenizer().loaded();
    List<String> lines =
        IntStream.range(0, tokens.vocabularySize()).mapToObj(tokens.token()).toList();
    Path vocabulary = Files.write(folder.resolve("vocab.txt"), lines);
    AddedTokenizer added =
        new AddedTokenizer(Optional.of(vocabulary), Optional.of(true), OptionalInt.empty());
    PreparedModel ofIds =
        ModelPreparer.prepare(SmallModels.folder("out_ids"), Optional.empty(), Optional.of(added));

    assertThat(ofText.signatureName()).isEqualTo("text");
    assertThat(ofIds.signatureName()).isEqualTo("serving_default");
    assertThat(ofIds.cutPoints())
        .containsEntry(TokenInput.WORD_IDS, "ids")
        .containsEntry(TokenInput.MASK, "mask")
        .containsEntry(TokenInput.TYPE_IDS, "types");
  }

  @Test
  void prepare_labels_knowsTheLongest() throws IOException {
    assertThat(OutputModelsTest.prepared("out_classes").signature().outputs())
        .filteredOn(output -> output.name().equals("label"))
        .extracting(OutputSpec::textBytes)
        .containsExactly("so \u00ab so \u00bb".getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void prepare_textsOfAnUnknownOp_namesIt() throws IOException {
    Path model = Models.copy(SmallModels.folder("out_texts"), folder.resolve("model"));
    BadModelsTest.nodes(node -> BadModelsTest.rename(node, "StringUpper", "EncodeBase64"))
        .spoil(model);

    assertThatThrownBy(() -> ModelPreparer.prepare(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("EncodeBase64 makes an output's texts (expected: ")
        .hasMessageEndingWith("; serve --op-library runs the graph as it stands");
  }

  @Test
  void prepare_textsMadeOfTheText_areMadeByTheProgram() throws IOException {
    PreparedModel model = OutputModelsTest.prepared("out_cleaned");

    assertThat(model.tokenizer().program().segments()).hasSize(1);
    assertThat(model.tokenizer().program().others()).hasSize(8);
    assertThat(model.graph().nodes())
        .extracting(GraphNode::op)
        .doesNotContain("StringLower", "StaticRegexReplace", "Substr", "NormalizeUTF8");
  }

  @ParameterizedTest
  @CsvSource({"counted, AssignAddVariableOp", "looped, While"})
  void prepare_variableThatAnOutputReadsAndTheModelWrites_isNamed(String signature, String op) {
    assertThatThrownBy(
            () ->
                ModelPreparer.prepare(
                    SmallModels.folder("out_chosen"), Optional.of(signature), Optional.empty()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageMatching(
            "node .*: %s writes Variable.*, which outputs depend on \\(expected: .*".formatted(op));
  }

  @Test
  void prepare_loopWithAnotherOpOfAVariable_namesIt() throws IOException {
    Path model = Models.copy(SmallModels.folder("out_recurrent"), folder.resolve("model"));
    BadModelsTest.nodes(
            node -> {
              if (node.getName().contains("/while/")) {
                BadModelsTest.rename(node, "ReadVariableOp", "VariableShape");
              }
            })
        .spoil(model);

    assertThatThrownBy(() -> ModelPreparer.prepare(model))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(": VariableShape of a variable (expected: ReadVariableOp or ");
  }

  @Test
  void load_outputOfAnOpThatTensorFlowLacks_namesIt() throws IOException {
    Path model = Models.copy(SmallModels.folder("out_counted"), folder.resolve("model"));
    BadModelsTest.nodes(node -> BadModelsTest.rename(node, "StringLength", "CountCodepoints"))
        .spoil(model);
    ModelLocation location = ModelLocation.of(model.toString(), Optional.empty(), Optional.empty());

    assertThatThrownBy(() -> LoadedModel.load(location, EngineSettings.of(Precision.FP32, 1)))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(": op CountCodepoints (expected: an op of TensorFlow ")
        .hasMessageEndingWith("; serve --op-library runs the graph as it stands");
  }
}
