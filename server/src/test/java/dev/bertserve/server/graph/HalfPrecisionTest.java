package dev.bertserve.server.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

final class HalfPrecisionTest {

  private final GraphNode weight =
      new GraphNode("weight", Weight.computed(List.of(1L), () -> new float[] {1.00001f}));

  @Test
  void remove_castsOfWeightsAndValues_areDropped() {
    GraphNode scaled = node("Mul", toHalf(weight.output()), constant(0.3f));

    FlatGraph graph = withoutHalves(node("Neg", toFloat(scaled.output())).output());

    GraphNode product = graph.outputs().get("y").node().input(0).node();
    assertThat(product).isSameAs(scaled);
    assertThat(product.input(0).node()).isSameAs(weight);
    assertThat(graph.nodes())
        .noneMatch(
            each ->
                each.attributes().values().stream()
                    .anyMatch(attribute -> attribute.getType() == DataType.DT_HALF));
  }

  @Test
  void remove_castThatIsAnOutput_remainsATensorOfItsOwn() {
    NodeOutput y = toFloat(toHalf(weight.output()));

    FlatGraph graph = withoutHalves(y);

    assertThat(graph.outputs()).containsEntry("y", y);
    assertThat(y.node().input(0).node()).isSameAs(weight);
  }

  @Test
  void remove_constantOfGelu_isExactAgain() {
    assertThat(widened(0.044715f)).isEqualTo(0.044715f);
    assertThat(widened((float) Math.sqrt(2 / Math.PI))).isEqualTo((float) Math.sqrt(2 / Math.PI));
  }

  @Test
  void remove_otherConstant_keepsTheValueOfItsBits() {
    assertThat(widened(0.3f))
        .isEqualTo(HalfFloats.float32(HalfFloats.float16Bits(0.3f), DataType.DT_HALF));
    assertThat(widened(-65_504f)).isEqualTo(-65_504f);
  }

  private static float widened(float value) {
    NodeOutput constant = constant(value);
    withoutHalves(constant);
    return constant.node().attribute("value").getTensor().getFloatVal(0);
  }

  private static FlatGraph withoutHalves(NodeOutput y) {
    FlatGraph graph = new FlatGraph(Map.of("y", y));
    HalfPrecision.remove(graph);
    return graph;
  }

  private static GraphNode node(String op, NodeOutput... inputs) {
    GraphNode node = new GraphNode(op, op);
    node.inputs().addAll(List.of(inputs));
    node.setType("T", DataType.DT_HALF);
    return node;
  }

  private static NodeOutput toHalf(NodeOutput tensor) {
    return cast(tensor, DataType.DT_FLOAT, DataType.DT_HALF);
  }

  private static NodeOutput toFloat(NodeOutput tensor) {
    return cast(tensor, DataType.DT_HALF, DataType.DT_FLOAT);
  }

  private static NodeOutput cast(NodeOutput tensor, DataType from, DataType to) {
    GraphNode cast = new GraphNode("cast to " + to, "Cast");
    cast.inputs().add(tensor);
    cast.setType("SrcT", from);
    cast.setType("DstT", to);
    return cast.output();
  }

  private static NodeOutput constant(float value) {
    GraphNode constant = new GraphNode("constant", "Const");
    constant.setType("dtype", DataType.DT_HALF);
    constant
        .attributes()
        .put(
            "value",
            AttrValue.newBuilder()
                .setTensor(
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_HALF)
                        .addHalfVal(HalfFloats.float16Bits(value)))
                .build());
    return constant.output();
  }
}
