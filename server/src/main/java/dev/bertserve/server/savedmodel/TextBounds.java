package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.preprocessing.TextRefusal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The longest texts of tensors that are made of constants, numbers and inputs. An op that may make
 * longer texts, or mix rows, is an error that names it.
 */
final class TextBounds {

  /** Longest text of a number: a sign, the digits of the largest float32 or float64, a point. */
  private static final int FLOAT_BYTES = 48;

  private static final int DOUBLE_BYTES = 320;

  private final Map<GraphNode, Integer> known = new HashMap<>();

  /** Most bytes of a text of {@code tensor} in UTF-8. */
  int bytes(NodeOutput tensor) {
    GraphNode node = tensor.node();
    Integer bytes = known.get(node);
    if (bytes == null) {
      bytes = derived(node);
      known.put(node, bytes);
    }
    return bytes;
  }

  private int derived(GraphNode node) {
    List<NodeOutput> inputs = node.inputs();
    return switch (node.op()) {
      case "Const" -> longest(Constants.strings(node.output()));
      case "Reshape",
          "ExpandDims",
          "Squeeze",
          "EnsureShape",
          "Identity",
          "BroadcastTo",
          "Tile",
          "Transpose",
          "StridedSlice",
          "Slice",
          "GatherV2",
          "GatherNd",
          "Substr",
          "StringStrip" ->
          bytes(node.input(0));
      case "Placeholder" -> SignatureOutputs.UNKNOWN_TEXT_BYTES;
      case "Fill" -> bytes(node.input(1));
      case "Select", "SelectV2" -> longest(inputs, 1, 3);
      case "Pack" -> longest(inputs, 0, inputs.size());
      case "ConcatV2" -> longest(inputs, 0, inputs.size() - 1);
      case "StringLower", "StringUpper" -> Math.multiplyExact(3, bytes(node.input(0)));
      case "StringJoin" -> joined(node);
      case "ReduceJoin" -> joinedAlong(node);
      case "StaticRegexReplace" -> rewritten(node, node.attribute("rewrite").getS());
      case "RegexReplace" -> rewritten(node, Constants.strings(node.input(2)).get(0));
      case "AsString" -> ofNumbers(node);
      default ->
          throw TextRefusal.of(
              "node "
                  + node.name()
                  + ": "
                  + node.op()
                  + " makes an output's texts (expected: texts of constants, numbers and inputs)");
    };
  }

  private int longest(List<NodeOutput> tensors, int from, int to) {
    int longest = 0;
    for (NodeOutput tensor : tensors.subList(from, to)) {
      longest = Math.max(longest, bytes(tensor));
    }
    return longest;
  }

  private static int longest(List<ByteString> texts) {
    return texts.stream().mapToInt(ByteString::size).max().orElse(0);
  }

  private int joined(GraphNode join) {
    int bytes = 0;
    for (NodeOutput input : join.inputs()) {
      bytes = Math.addExact(bytes, Math.addExact(separatorBytes(join), bytes(input)));
    }
    return bytes;
  }

  private static int separatorBytes(GraphNode join) {
    return join.attributes().containsKey("separator")
        ? join.attribute("separator").getS().size()
        : 0;
  }

  /**
   * A text with {@code rewrite} before each byte and at the end, each digit of it a whole match.
   */
  private int rewritten(GraphNode replace, ByteString rewrite) {
    int bytes = bytes(replace.input(0));
    return Math.addExact(bytes, Math.multiplyExact(bytes + 1, 2 * rewrite.size()));
  }

  /** The texts of a dimension that is not the rows'. */
  private int joinedAlong(GraphNode join) {
    long[] axes = Constants.integers(join.input(1));
    int width = axes.length == 1 && axes[0] != 0 ? width(join.input(0)) : 0;
    if (width == 0) {
      throw TextRefusal.of(
          "node "
              + join.name()
              + ": ReduceJoin along "
              + Arrays.toString(axes)
              + " (expected: of a row's top classes, or of as many texts as there are labels)");
    }
    return Math.multiplyExact(width, Math.addExact(separatorBytes(join), bytes(join.input(0))));
  }

  /** How many values {@code tensor} has in its last dimension; 0 if that is not known. */
  private static int width(NodeOutput tensor) {
    GraphNode node = tensor.node();
    return switch (node.op()) {
      case "TopKV2" ->
          node.input(1).node().is("Const") ? (int) Constants.integer(node.input(1)) : 0;
      case "Cast", "AsString", "StringLower", "StringUpper", "StringStrip", "Substr" ->
          width(node.input(0));
      case "GatherV2" -> width(node.input(1));
      case "StringJoin" -> widest(node.inputs());
      case "Select", "SelectV2" -> widest(node.inputs().subList(1, 3));
      case "Const" -> {
        List<TensorShapeProto.Dim> shape =
            node.attribute("value").getTensor().getTensorShape().getDimList();
        yield shape.isEmpty() ? 0 : (int) shape.get(shape.size() - 1).getSize();
      }
      default -> 0;
    };
  }

  private static int widest(List<NodeOutput> tensors) {
    return tensors.stream().mapToInt(TextBounds::width).max().orElse(0);
  }

  private static int ofNumbers(GraphNode node) {
    boolean isDouble = node.attribute("T").getType() == DataType.DT_DOUBLE;
    return (isDouble ? DOUBLE_BYTES : FLOAT_BYTES)
        + (int) Math.max(0, node.number("width"))
        + (int) Math.max(0, node.number("precision"));
  }
}
