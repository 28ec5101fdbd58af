package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/** What an encoder reads: int32 tensors of [rows, length]. */
public enum TokenInput {
  WORD_IDS("input_word_ids"),
  /** 1 at a token, 0 at padding. */
  MASK("input_mask"),
  /** 1 in the second text of a pair, else 0. */
  TYPE_IDS("input_type_ids");

  private final String tensorName;

  TokenInput(String tensorName) {
    this.tensorName = tensorName;
  }

  /** Name of the placeholder in a prepared graph. */
  public String tensorName() {
    return tensorName;
  }

  /** Whether a placeholder called {@code name} is one of them. */
  public static boolean isName(String name) {
    return Arrays.stream(values()).anyMatch(input -> input.tensorName.equals(name));
  }

  /** Those whose placeholders {@code graph} reads. */
  public static Set<TokenInput> readBy(FlatGraph graph) {
    Set<String> names = graph.placeholders();
    Set<TokenInput> read = EnumSet.allOf(TokenInput.class);
    read.removeIf(input -> !names.contains(input.tensorName));
    return read;
  }

  /** The word id of padding: the one that {@code graph} tells from others, or else 0. */
  public static int paddingId(FlatGraph graph) {
    Set<Long> told = new HashSet<>();
    for (GraphNode node : graph.nodes()) {
      if (node.is("NotEqual")
          && source(node.input(0)).name().equals(WORD_IDS.tensorName)
          && isInteger(node.input(1).node())) {
        Arrays.stream(Constants.integers(node.input(1))).forEach(told::add);
      }
    }
    return told.size() == 1 ? Math.toIntExact(told.iterator().next()) : 0;
  }

  private static boolean isInteger(GraphNode constant) {
    return constant.is("Const")
        && constant.weight() == null
        && (constant.attribute("dtype").getType() == DataType.DT_INT32
            || constant.attribute("dtype").getType() == DataType.DT_INT64);
  }

  /** The placeholder, as a tensor of {@code type}. */
  public NodeOutput placeholder(DataType type) {
    if (type == DataType.DT_INT32) {
      return placeholder().output();
    }
    GraphNode cast = new GraphNode(tensorName + "/cast", "Cast");
    cast.setType("SrcT", DataType.DT_INT32);
    cast.setType("DstT", type);
    cast.inputs().add(placeholder().output());
    return cast.output();
  }

  private GraphNode placeholder() {
    TensorShapeProto.Dim any = TensorShapeProto.Dim.newBuilder().setSize(-1).build();
    GraphNode node = new GraphNode(tensorName, "Placeholder");
    node.setType("dtype", DataType.DT_INT32);
    node.attributes()
        .put(
            "shape",
            AttrValue.newBuilder()
                .setShape(TensorShapeProto.newBuilder().addDim(any).addDim(any))
                .build());
    return node;
  }

  /** The node whose values {@code tensor} holds in another shape or type. */
  public static GraphNode source(NodeOutput tensor) {
    GraphNode node = tensor.node();
    while (node.is("Reshape") || node.is("Cast") || node.is("Identity") || isGuard(node)) {
      node = node.input(isGuard(node) ? 2 : 0).node();
    }
    return node;
  }

  /** Whether {@code node} is {@code ids < 0 ? .. : ids}, as Keras 3 chooses rows. */
  private static boolean isGuard(GraphNode node) {
    return node.is("SelectV2")
        && node.input(0).node().is("Less")
        && node.input(0).node().input(0).equals(node.input(2));
  }
}
