package dev.bertserve.server.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Graphs that parse serialised examples with the features "text" and "id". */
final class ExampleFeaturesTest {

  private static final String EXAMPLES = "examples";
  private static final String DENSE = "dense_values";

  private final GraphNode examples = RowInputs.placeholder(EXAMPLES, DataType.DT_STRING, List.of());
  private final GraphNode parse = parse(1);

  @Test
  void replace_features_areInputsInPlaceOfExamples() {
    FlatGraph graph =
        new FlatGraph(
            Map.of("text", new NodeOutput(parse, DENSE, 0), "id", new NodeOutput(parse, "", 4)));

    InputNodes inputs = ExampleFeatures.replace(graph, given());

    assertThat(inputs.signature().getInputsMap()).containsOnlyKeys("text", "id");
    assertThat(graph.outputs().get("text").node()).isSameAs(inputs.placeholders().get("text"));
    assertThat(graph.outputs().get("id").node()).isSameAs(inputs.placeholders().get("id"));
    assertThat(SignatureInputs.of(inputs.signature(), "id").rowShape()).containsExactly(1);
  }

  @Test
  void replace_sparseFeatureOfOneValue_isAnInput() {
    FlatGraph graph = new FlatGraph(Map.of("words", toDense(1).output()));

    InputNodes inputs = ExampleFeatures.replace(graph, given());

    assertThat(inputs.signature().getInputsMap()).containsOnlyKeys("words");
    assertThat(graph.outputs().get("words").node()).isSameAs(inputs.placeholders().get("words"));
  }

  @Test
  void replace_sparseFeatureOfAnyNumber_isRefused() {
    FlatGraph graph = new FlatGraph(Map.of("words", toDense(-1).output()));

    assertThatThrownBy(() -> ExampleFeatures.replace(graph, given()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("feature words of any length (expected: features of a fixed length)");
  }

  @Test
  void replace_countOfExamples_countsTexts() {
    GraphNode count = reading("Shape", examples.output());
    FlatGraph graph =
        new FlatGraph(Map.of("text", new NodeOutput(parse, DENSE, 0), "count", count.output()));

    InputNodes inputs = ExampleFeatures.replace(graph, given());

    assertThat(count.input(0).node()).isSameAs(inputs.placeholders().get("text"));
  }

  @Test
  void replace_examplesReadAsText_areRefused() {
    GraphNode lower = reading("StringLower", examples.output());
    FlatGraph graph =
        new FlatGraph(Map.of("text", new NodeOutput(parse, DENSE, 0), "lower", lower.output()));

    assertThatThrownBy(() -> ExampleFeatures.replace(graph, given()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("StringLower of examples (expected: nothing but their features)");
  }

  @Test
  void replace_featureOfAnyLength_isRefused() {
    FlatGraph graph = new FlatGraph(Map.of("id", new NodeOutput(parse(-1), DENSE, 1)));

    assertThatThrownBy(() -> ExampleFeatures.replace(graph, given()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("feature id of any length (expected: features of a fixed length)");
  }

  @Test
  void replace_sparseFeature_isRefused() {
    FlatGraph graph = new FlatGraph(Map.of("words", new NodeOutput(parse, "sparse_values", 0)));

    assertThatThrownBy(() -> ExampleFeatures.replace(graph, given()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("sparse_values of examples (expected: features of a fixed length)");
  }

  @Test
  void replace_noExamples_leavesTheInputs() {
    FlatGraph graph = new FlatGraph(Map.of("text", examples.output()));

    assertThat(ExampleFeatures.replace(graph, given())).isEqualTo(given());
  }

  private InputNodes given() {
    SignatureDef signature =
        SignatureDef.newBuilder()
            .putInputs(
                EXAMPLES,
                TensorInfo.newBuilder().setName(EXAMPLES).setDtype(DataType.DT_STRING).build())
            .build();
    return new InputNodes(signature, Map.of(EXAMPLES, examples));
  }

  /** With one sparse feature before the dense ones, of which "id" has {@code ids} values. */
  private GraphNode parse(int ids) {
    GraphNode node = reading("ParseExampleV2", examples.output());
    node.inputs().add(strings().output());
    node.inputs().add(strings("words").output());
    node.inputs().add(strings("text", "id").output());
    node.attributes().put("num_sparse", AttrValue.newBuilder().setI(1).build());
    node.attributes()
        .put(
            "sparse_types",
            AttrValue.newBuilder()
                .setList(AttrValue.ListValue.newBuilder().addType(DataType.DT_STRING))
                .build());
    node.attributes()
        .put(
            "Tdense",
            AttrValue.newBuilder()
                .setList(
                    AttrValue.ListValue.newBuilder()
                        .addType(DataType.DT_STRING)
                        .addType(DataType.DT_INT64))
                .build());
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    shape.addDimBuilder().setSize(ids);
    node.attributes()
        .put(
            "dense_shapes",
            AttrValue.newBuilder()
                .setList(
                    AttrValue.ListValue.newBuilder()
                        .addShape(TensorShapeProto.getDefaultInstance())
                        .addShape(shape))
                .build());
    return node;
  }

  /** The sparse feature "words" with {@code columns} values a row. */
  private GraphNode toDense(int columns) {
    GraphNode shape = reading("Pack", new NodeOutput(parse, "sparse_shapes", 0));
    shape.inputs().add(Constants.ofInt("columns", columns).output());
    GraphNode toDense = reading("SparseToDense", new NodeOutput(parse, "sparse_indices", 0));
    toDense.inputs().add(shape.output());
    toDense.inputs().add(new NodeOutput(parse, "sparse_values", 0));
    return toDense;
  }

  private static GraphNode strings(String... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING);
    tensor.getTensorShapeBuilder().addDimBuilder().setSize(values.length);
    for (String value : values) {
      tensor.addStringVal(ByteString.copyFromUtf8(value));
    }
    GraphNode node = new GraphNode("keys", "Const");
    node.attributes().put("value", AttrValue.newBuilder().setTensor(tensor).build());
    return node;
  }

  private static GraphNode reading(String op, NodeOutput input) {
    GraphNode node = new GraphNode(op, op);
    node.inputs().add(input);
    return node;
  }
}
