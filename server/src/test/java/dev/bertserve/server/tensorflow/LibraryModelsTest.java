package dev.bertserve.server.tensorflow;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.PackedInput;
import dev.bertserve.server.rewrite.RowPacking;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.LibraryModels;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/** Encoders that other libraries exported: every part is recognised, and answers stay. */
class LibraryModelsTest {

  private static final double TOLERANCE = 1e-5;

  /** What half precision itself moves answers by. */
  private static final double TOLERANCE_OF_HALF = 2e-3;

  private static final double TOLERANCE_OF_BFLOAT16 = 2e-2;
  private static final int LAYERS = 2;
  private static final int WIDTH = 32;
  private static final ObjectMapper JSON = new ObjectMapper();

  static Stream<String> models() {
    return Stream.of(
        "hf_bert",
        "hf_bert_tanh",
        "hf_bert_states",
        "hf_distilbert",
        "hf_electra",
        "hf_electra_unprojected",
        "hf_albert",
        "hf_functional",
        "hf_bert_int64",
        "hf_mean",
        "hf_roberta",
        "kerashub_bert",
        "kerashub_bert_square",
        "kerashub_distilbert",
        "kerashub_electra",
        "kerashub_albert",
        "kerashub_mean",
        "kerashub_selected_mean",
        "kerashub_max",
        "kerashub_roberta",
        "kerashub_roberta_mean",
        "kerashub_bert_lora",
        "mixed_hf_bert",
        "mixed_kerashub_bert",
        "mixed_kerashub_lstm",
        "mixed_official_bert",
        "mixed_official_bert_bfloat16");
  }

  @ParameterizedTest
  @MethodSource("models")
  void recognise_model_findsEveryPart(String model) throws IOException {
    Encoder encoder = recognised(model);
    boolean packed = !model.matches(".*_(states|lstm)");
    int projections = model.matches(".*(electra|albert)") ? 1 : 0;

    assertThat(encoder.matches())
        .containsEntry("embeddings", model.matches(".*distilbert|kerashub_roberta.*") ? 2 : 3)
        .containsEntry("layer norm", 1 + 2 * LAYERS)
        .containsEntry("dense", 6 * LAYERS + projections)
        .containsEntry("gelu", LAYERS)
        .containsEntry("attention", LAYERS)
        .containsEntry("first token only", model.matches(".*_(mean|max|lstm)") ? 0 : 1);
    assertThat(encoder.missed()).isEqualTo(packed ? Map.of() : Map.of("packed rows", LAYERS));
    assertThat(PackedInput.readBy(encoder.lower(DataType.DT_FLOAT, Target.PLAIN)).isEmpty())
        .isEqualTo(!packed);
  }

  @ParameterizedTest
  @MethodSource("models")
  void lower_model_keepsItsAnswers(String model) throws IOException {
    String expected = float32(model);

    assertThat(
            largestDifference(LibraryModels.graph(model), model, expected, GraphForm.AS_EXPORTED))
        .as("as exported")
        .isLessThanOrEqualTo(TOLERANCE);
    for (Target target : Target.values()) {
      FlatGraph lowered = recognised(model).lower(DataType.DT_FLOAT, target);
      boolean inHalves = target == Target.ONE_DNN_IN_HALVES;
      assertThat(largestDifference(lowered, model, expected, new GraphForm(0, inHalves)))
          .as(target.name())
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  /** A row without padding would have another maximum than one with it. */
  @Test
  void recognise_maximumOfPaddingToo_isNotPacked() throws IOException {
    FlatGraph graph = LibraryModels.graph("kerashub_max");
    for (GraphNode node : graph.nodes()) {
      if (node.is("Const") && node.weight() == null) {
        TensorProto.Builder value = node.attribute("value").getTensor().toBuilder();
        if (value.getFloatValList().contains(Float.NEGATIVE_INFINITY)) {
          value.setFloatVal(0, 0);
          node.attributes().put("value", AttrValue.newBuilder().setTensor(value).build());
        }
      }
    }
    assertThat(Encoder.recognise(graph).packsRows()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hf_mean",
        "kerashub_mean",
        "kerashub_selected_mean",
        "kerashub_max",
        "kerashub_roberta_mean"
      })
  void lower_pooledTokens_keepsItsAnswersAtAnyLength(String model) throws IOException {
    for (Target target : Target.values()) {
      FlatGraph lowered = recognised(model).lower(DataType.DT_FLOAT, target);
      GraphForm form = new GraphForm(0, target == Target.ONE_DNN_IN_HALVES);
      assertThat(largestDifference(lowered, model, model, form, 1))
          .as(target.name())
          .isLessThanOrEqualTo(TOLERANCE);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void lower_bfloat16_answersWithFiniteNumbers(String model) throws IOException {
    FlatGraph lowered = recognised(model).lower(DataType.DT_BFLOAT16, targetOfBfloat16());

    assertThat(largestDifference(lowered, model, float32(model), GraphForm.AS_EXPORTED))
        .isLessThanOrEqualTo(0.2);
  }

  /** Fused ops in bfloat16 crash a process whose processor has no such unit. */
  private static Target targetOfBfloat16() {
    return Device.ofThisMachine().targets(Precision.BF16, 0, 1).get(0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mixed_hf_bert",
        "mixed_kerashub_bert",
        "mixed_kerashub_lstm",
        "mixed_official_bert"
      })
  void lower_trainedInFloat16_answersAsTheOriginalUpToItsRounding(String model) throws IOException {
    FlatGraph lowered = recognised(model).lower(DataType.DT_FLOAT, Target.PLAIN);

    assertThat(largestDifference(lowered, model, model, GraphForm.AS_EXPORTED))
        .isLessThanOrEqualTo(TOLERANCE_OF_HALF);
  }

  @ParameterizedTest
  @ValueSource(strings = "mixed_official_bert_bfloat16")
  void lower_trainedInBfloat16_answersAsTheOriginalUpToItsRounding(String model)
      throws IOException {
    FlatGraph lowered = recognised(model).lower(DataType.DT_FLOAT, Target.PLAIN);

    assertThat(largestDifference(lowered, model, model, GraphForm.AS_EXPORTED))
        .isLessThanOrEqualTo(TOLERANCE_OF_BFLOAT16);
  }

  @ParameterizedTest
  @MethodSource("models")
  void graph_model_hasNoHalfPrecisionLeft(String model) throws IOException {
    assertThat(LibraryModels.graph(model).nodes())
        .noneMatch(
            node ->
                node.attributes().values().stream()
                    .map(AttrValue::getType)
                    .anyMatch(type -> type == DataType.DT_HALF || type == DataType.DT_BFLOAT16));
  }

  /** The model whose answers {@code model} has in float32: the same weights without casts. */
  static String float32(String model) {
    return model.startsWith("mixed") ? model.replace("_bfloat16", "") + "_float32" : model;
  }

  static Encoder recognised(String model) throws IOException {
    // Some of this model's rows have tokens with the id of padding.
    RowPacking packing =
        model.equals("kerashub_roberta_mean") ? RowPacking.OF_MASKED_TOKENS : RowPacking.OF_TOKENS;
    return Encoder.recognise(LibraryModels.graph(model), LibraryModels.length(model), packing);
  }

  static double largestDifference(FlatGraph graph, String model, String expected, GraphForm form)
      throws IOException {
    return largestDifference(graph, model, expected, form, LibraryModels.length(model));
  }

  private static double largestDifference(
      FlatGraph graph, String model, String expected, GraphForm form, int leastLength)
      throws IOException {
    List<TokenIds> rows = new ArrayList<>();
    List<JsonNode> answers = new ArrayList<>();
    for (String line : LibraryModels.goldens(expected)) {
      JsonNode golden = JSON.readTree(line);
      int[] ids = JSON.convertValue(golden.get("ids"), int[].class);
      rows.add(TokenIds.of(ids, golden.get("second").asInt()));
      answers.add(golden.get("outputs"));
    }
    int length = LibraryModels.length(model);
    List<OutputSpec> outputs = new ArrayList<>();
    for (String name : graph.outputs().keySet()) {
      int values = answers.get(0).get(name).size();
      outputs.add(
          new OutputSpec(
              name, values == length * WIDTH ? List.of(length, WIDTH) : List.of(values)));
    }
    double largest = 0;
    try (TensorFlowEngine engine =
        new TensorFlowEngine(
            LoweredGraphs.of(graph),
            outputs,
            new RowLengths(leastLength, length),
            Device.CPU_SHAPES,
            form,
            1)) {
      List<Column> found = engine.runAll(TokenRow.allOf(rows));
      for (int i = 0; i < outputs.size(); i++) {
        int width = outputs.get(i).rowShape().stream().reduce(1, (a, b) -> a * b);
        for (int row = 0; row < rows.size(); row++) {
          JsonNode values = answers.get(row).get(outputs.get(i).name());
          for (int k = 0; k < width; k++) {
            double difference = floats(found.get(i))[row * width + k] - values.get(k).asDouble();
            assertThat(difference).as("%s row %d", outputs.get(i).name(), row).isFinite();
            largest = Math.max(largest, Math.abs(difference));
          }
        }
      }
    }
    return largest;
  }
}
