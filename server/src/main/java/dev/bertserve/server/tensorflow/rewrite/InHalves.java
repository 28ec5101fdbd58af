package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import dev.bertserve.server.tensorflow.graph.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attention and the feed-forward part of each layer in two halves, each with its share of the
 * projection behind: half of the heads, half of the inner width. Two threads may compute them at
 * the same time, with all weights stored once; their sum is the whole.
 */
final class InHalves implements Pass {

  private static final int HALVES = 2;
  private static final int ROWS = 0;
  private static final int COLUMNS = 1;

  private final Map<Half, NodeOutput> halves = new HashMap<>();
  private final Map<Long, NodeOutput> zeros = new HashMap<>();
  private Map<GraphNode, Integer> reads = Map.of();

  private record Half(GraphNode constant, int axis, int index) {}

  @Override
  public String name() {
    return "in halves";
  }

  @Override
  public int apply(FlatGraph graph) {
    reads = Match.reads(graph);
    return Match.each(graph, this::rewrite);
  }

  @Override
  public int leftIn(FlatGraph graph) {
    int projections =
        Match.count(
            graph,
            node ->
                node.is(Ops.DENSE)
                    && (Match.is(node.input(0), Ops.ATTENTION)
                        || Match.is(node.input(0), Ops.GELU)));
    return projections - HALVES * Match.count(graph, node -> node.is(Ops.JOIN));
  }

  private @Nullable GraphNode rewrite(GraphNode projection) {
    return projection.is(Ops.DENSE) && isInHalves(projection.input(0).node())
        ? Match.node(Ops.JOIN, projection, term(projection, 0), term(projection, 1))
        : null;
  }

  private boolean isInHalves(GraphNode inner) {
    return switch (inner.op()) {
      case Ops.GELU -> isReadOnce(inner) && isInHalves(inner.input(0).node(), 0);
      case Ops.ATTENTION -> {
        long heads = inner.attribute(Ops.HEADS).getI();
        yield isReadOnce(inner)
            && heads % HALVES == 0
            && inner.inputs().stream().limit(3).allMatch(x -> isInHalves(x.node(), heads));
      }
      default -> false;
    };
  }

  private boolean isInHalves(GraphNode dense, long heads) {
    return dense.is(Ops.DENSE)
        && isReadOnce(dense)
        && dense.attribute(Ops.HEADS).getI() == heads
        && TokenTensor.width(dense.output()) % HALVES == 0;
  }

  private boolean isReadOnce(GraphNode node) {
    return reads.getOrDefault(node, 0) == 1;
  }

  /** One half's share of {@code projection}. */
  private NodeOutput term(GraphNode projection, int index) {
    return half(
        projection,
        inner(projection.input(0).node(), index),
        half(projection.input(1), ROWS, index),
        index == 0 ? projection.input(2) : zeros(projection.input(2)));
  }

  private NodeOutput inner(GraphNode inner, int index) {
    NodeOutput[] inputs = inner.inputs().toArray(new NodeOutput[0]);
    for (int i = 0; i < (inner.is(Ops.GELU) ? 1 : 3); i++) {
      inputs[i] = columns(inputs[i], index);
    }
    return half(inner, inputs);
  }

  private NodeOutput columns(NodeOutput dense, int index) {
    GraphNode node = dense.node();
    return half(
        node, node.input(0), half(node.input(1), COLUMNS, index), half(node.input(2), 0, index));
  }

  /** A node like {@code whole} with half of its heads, if it has any. */
  private static NodeOutput half(GraphNode whole, NodeOutput... inputs) {
    GraphNode half = Match.node(whole.op(), whole, inputs);
    half.attributes().putAll(whole.attributes());
    half.attributes()
        .computeIfPresent(Ops.HEADS, (name, heads) -> Match.number(heads.getI() / HALVES));
    return half.output();
  }

  private NodeOutput half(NodeOutput constant, int axis, int index) {
    return halves.computeIfAbsent(
        new Half(constant.node(), axis, index),
        key -> constant(constant, LoweredWeights.of(constant).part(axis, index, HALVES)));
  }

  private NodeOutput zeros(NodeOutput bias) {
    return zeros.computeIfAbsent(
        LoweredWeights.of(bias).count(),
        count ->
            constant(
                bias, Weight.computed(List.of(count), () -> new float[Math.toIntExact(count)])));
  }

  private static NodeOutput constant(NodeOutput origin, Weight weight) {
    return new GraphNode(origin.node().name(), weight).output();
  }
}
