package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.tensorflow.GraphRun;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/**
 * Builds small graphs of random weights in exported ops, and compares them before and after passes.
 */
final class ExportedGraph {

  static final int WIDTH = 16;
  static final int HEADS = 2;
  static final int HEAD_WIDTH = WIDTH / HEADS;

  /** Absolute for values up to 1, relative to the largest value otherwise. */
  private static final double TOLERANCE = 1e-6;

  private static final int VOCABULARY = 16;

  final NodeOutput ids = TokenInput.WORD_IDS.placeholder(DataType.DT_INT32);
  final NodeOutput mask = TokenInput.MASK.placeholder(DataType.DT_INT32);

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final Emitter constants = new Emitter(DataType.DT_FLOAT);
  private int nodes;

  /** Values for each token, [rows, length, width], that no pass recognises. */
  final NodeOutput states = op("GatherV2", weight(VOCABULARY, WIDTH), ids, integer(0));

  NodeOutput op(String op, NodeOutput... inputs) {
    return node(op, inputs).output();
  }

  GraphNode node(String op, NodeOutput... inputs) {
    GraphNode node = new GraphNode("exported_" + nodes++, op);
    node.inputs().addAll(List.of(inputs));
    return node;
  }

  /** An op whose input is a list of {@code type}. */
  GraphNode list(String op, DataType type, NodeOutput... inputs) {
    GraphNode node = node(op, inputs);
    node.attributes().put("N", Match.number(inputs.length - (op.equals("ConcatV2") ? 1 : 0)));
    node.setType("T", type);
    return node;
  }

  NodeOutput weight(long... shape) {
    List<Long> dimensions = LongStream.of(shape).boxed().toList();
    float[] values = new float[Math.toIntExact(LongStream.of(shape).reduce(1, (a, b) -> a * b))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.3f;
    }
    Weight weight = Weight.computed(dimensions, values::clone);
    return new GraphNode("weight_" + nodes++, weight).output();
  }

  NodeOutput number(double value) {
    return renamed(constants.number((float) value));
  }

  NodeOutput integer(int value) {
    return renamed(constants.integer(value));
  }

  NodeOutput integers(int... values) {
    return renamed(constants.integers(values));
  }

  NodeOutput mean(NodeOutput x, int axis) {
    GraphNode mean = node("Mean", x, integers(axis));
    mean.attributes().put("keep_dims", Match.flag(true));
    return mean.output();
  }

  NodeOutput einsum(String equation, NodeOutput left, NodeOutput right) {
    GraphNode einsum = list("Einsum", DataType.DT_FLOAT, left, right);
    einsum
        .attributes()
        .put("equation", AttrValue.newBuilder().setS(ByteString.copyFromUtf8(equation)).build());
    return einsum.output();
  }

  NodeOutput toFloat(NodeOutput integers) {
    GraphNode cast = node("Cast", integers);
    cast.setType("SrcT", DataType.DT_INT32);
    cast.setType("DstT", DataType.DT_FLOAT);
    return cast.output();
  }

  /** The rows of a table for {@code ids}, [rows, length, width]. */
  NodeOutput embedding(NodeOutput ids) {
    NodeOutput flat = op("Reshape", ids, integers(-1));
    NodeOutput table = weight(VOCABULARY, WIDTH);
    return shaped(op("GatherV2", table, flat, integer(0)));
  }

  /** Reshapes one row per token to the shape of ids, [rows, length, width]. */
  NodeOutput shaped(NodeOutput flat) {
    GraphNode shape =
        list("ConcatV2", DataType.DT_INT32, op("Shape", ids), integers(WIDTH), integer(0));
    return op("Reshape", flat, shape.output());
  }

  /** The rows of a table from {@code first} on, repeated for each row of {@code words}. */
  NodeOutput positions(NodeOutput words, int first) {
    NodeOutput shape = op("Shape", words);
    GraphNode length = node("StridedSlice", shape, integers(1), integers(2), integers(1));
    length.attributes().put("shrink_axis_mask", Match.number(1));
    NodeOutput end = op("AddV2", length.output(), integer(first));
    GraphNode ends =
        list("Pack", DataType.DT_INT32, first == 0 ? length.output() : end, integer(0));
    GraphNode slice =
        node(
            "StridedSlice",
            weight(VOCABULARY, WIDTH),
            integers(first, 0),
            ends.output(),
            integers(1, 1));
    slice.attributes().put("begin_mask", Match.number(first == 0 ? 3 : 2));
    slice.attributes().put("end_mask", Match.number(2));
    NodeOutput flat = op("Reshape", slice.output(), integers(-1, WIDTH));
    return op("BroadcastTo", flat, shape);
  }

  /** A projection of [rows, length, width] to the same shape. */
  NodeOutput dense(NodeOutput x) {
    return op("AddV2", einsum("abc,cd->abd", x, weight(WIDTH, WIDTH)), weight(WIDTH));
  }

  /** A projection of [rows, length, width] to [rows, length, heads, width of a head]. */
  NodeOutput toHeads(NodeOutput x) {
    NodeOutput product = einsum("abc,cde->abde", x, weight(WIDTH, HEADS, HEAD_WIDTH));
    return op("AddV2", product, weight(HEADS, HEAD_WIDTH));
  }

  /** A projection of [rows, length, heads, width of a head] to [rows, length, width]. */
  NodeOutput fromHeads(NodeOutput x) {
    NodeOutput product = einsum("abcd,cde->abe", x, weight(HEADS, HEAD_WIDTH, WIDTH));
    return op("AddV2", product, weight(WIDTH));
  }

  /** Self-attention of [rows, length, width] in Keras's form, to the same shape. */
  NodeOutput attention(NodeOutput x) {
    return attention(x, -10_000);
  }

  /** The same, with {@code penalty} added to masked scores. */
  NodeOutput attention(NodeOutput x, double penalty) {
    return attention(x, mask, penalty);
  }

  /** The same, to the tokens for which {@code mask} is 1. */
  NodeOutput attention(NodeOutput x, NodeOutput mask, double penalty) {
    NodeOutput query = op("Mul", toHeads(x), number(0.35));
    NodeOutput scores = einsum("aecd,abcd->acbe", toHeads(x), query);
    NodeOutput once = op("ExpandDims", toFloat(mask), integer(1));
    NodeOutput absent = op("Sub", number(1), op("ExpandDims", once, integer(1)));
    NodeOutput masked = op("AddV2", scores, op("Mul", absent, number(penalty)));
    return fromHeads(einsum("acbe,aecd->abcd", op("Softmax", masked), toHeads(x)));
  }

  /** Position {@code index} of [rows, length, width], [rows, width]. */
  NodeOutput token(NodeOutput x, int index) {
    GraphNode slice =
        node(
            "StridedSlice", x, integers(0, index, 0), integers(0, index + 1, 0), integers(1, 1, 1));
    slice.attributes().put("begin_mask", Match.number(5));
    slice.attributes().put("end_mask", Match.number(5));
    slice.attributes().put("shrink_axis_mask", Match.number(2));
    return slice.output();
  }

  /** The last pass matches {@code matches} times in the graph of {@code y} and keeps its values. */
  FlatGraph assertRewritten(NodeOutput y, int matches, Pass... passes) throws IOException {
    return assertRewritten(y, List.of(GraphRun.LENGTH, WIDTH), matches, passes);
  }

  FlatGraph assertRewritten(NodeOutput y, List<Integer> rowShape, int matches, Pass... passes)
      throws IOException {
    return assertRewritten(y, rowShape, GraphRun.ONE_LENGTH, matches, passes);
  }

  FlatGraph assertRewritten(
      NodeOutput y, List<Integer> rowShape, RowLengths lengths, int matches, Pass... passes)
      throws IOException {
    FlatGraph graph = new FlatGraph(Map.of("y", y));
    float[] expected = GraphRun.of(graph, rowShape, lengths);
    FlatGraph rewritten = graph.copy();
    int matched = 0;
    for (Pass pass : passes) {
      matched = pass.apply(rewritten);
    }
    assertThat(matched).isEqualTo(matches);
    double largest = 1;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (Target target : Target.values()) {
      FlatGraph lowered = Lowering.lower(rewritten, DataType.DT_FLOAT, target);
      float[] found = GraphRun.of(lowered, rowShape, lengths);
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        assertThat((double) found[i])
            .as("value %d for %s, seed %d", i, target, seed)
            .isCloseTo(expected[i], within(TOLERANCE * largest));
      }
    }
    return rewritten;
  }

  private NodeOutput renamed(NodeOutput constant) {
    GraphNode node = node("Const");
    node.attributes().putAll(constant.node().attributes());
    return node.output();
  }
}
