package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Splits attention and the feed-forward part of each layer into two halves: half of the heads, or
 * half of the inner width, each with its share of the projection that follows. Two threads may
 * compute them at the same time. The halves are summed, and each weight is still stored once.
 */
final class InHalves implements Pass {

  private static final int HALVES = 2;

  /** Of a kernel, or the values of a vector. */
  private static final int ROWS = 0;

  private static final int COLUMNS = 1;

  private final Map<HalfKey, NodeOutput> halves = new HashMap<>();
  private final Map<Long, NodeOutput> zeros = new HashMap<>();
  private Map<GraphNode, Integer> readCounts = Map.of();
  private boolean inInt8;

  private record HalfKey(GraphNode constant, int axis, int index) {}

  @Override
  public String name() {
    return "in halves";
  }

  @Override
  public int apply(FlatGraph graph) {
    readCounts = Match.readCounts(graph);
    inInt8 = Match.count(graph, Ops::isQuantised) > 0;
    return Match.replaceEach(graph, this::rewrite);
  }

  @Override
  public int missedIn(FlatGraph graph) {
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
    // What a graph in 8 bits has beside its 8-bit projections is too narrow to share.
    return projection.is(Ops.DENSE)
            && inInt8 == Ops.isQuantised(projection)
            && isSplittable(projection.input(0).node())
        ? Match.node(
            Ops.JOIN, projection, halfProjection(projection, 0), halfProjection(projection, 1))
        : null;
  }

  private boolean isSplittable(GraphNode inner) {
    return switch (inner.op()) {
      case Ops.GELU -> isReadOnce(inner) && isSplittable(inner.input(0).node(), 0);
      case Ops.ATTENTION -> {
        long heads = inner.attribute(Ops.HEADS).getI();
        yield isReadOnce(inner)
            && heads % HALVES == 0
            && Ops.mixers(inner).isEmpty()
            && inner.inputs().stream().limit(3).allMatch(x -> isSplittable(x.node(), heads));
      }
      default -> false;
    };
  }

  private boolean isSplittable(GraphNode dense, long heads) {
    return dense.is(Ops.DENSE)
        && isReadOnce(dense)
        && dense.attribute(Ops.HEADS).getI() == heads
        && TokenTensor.width(dense.output()) % HALVES == 0;
  }

  private boolean isReadOnce(GraphNode node) {
    return readCounts.getOrDefault(node, 0) == 1;
  }

  /** The part of {@code projection} that half {@code index} contributes to the sum. */
  private NodeOutput halfProjection(GraphNode projection, int index) {
    NodeOutput[] inputs = projection.inputs().toArray(new NodeOutput[0]);
    inputs[0] = halfInner(projection.input(0).node(), index);
    inputs[1] = half(projection.input(1), ROWS, index);
    inputs[2] = index == 0 ? projection.input(2) : zeros(projection.input(2));
    if (inputs.length > Ops.FACTORS) {
      inputs[Ops.FACTORS] = half(projection.input(Ops.FACTORS), ROWS, index);
    }
    return half(projection, inputs);
  }

  private NodeOutput halfInner(GraphNode inner, int index) {
    NodeOutput[] inputs = inner.inputs().toArray(new NodeOutput[0]);
    for (int i = 0; i < (inner.is(Ops.GELU) ? 1 : 3); i++) {
      inputs[i] = halfColumns(inputs[i], index);
    }
    return half(inner, inputs);
  }

  private NodeOutput halfColumns(NodeOutput dense, int index) {
    NodeOutput[] inputs = dense.node().inputs().toArray(new NodeOutput[0]);
    inputs[1] = half(inputs[1], COLUMNS, index);
    inputs[2] = half(inputs[2], ROWS, index);
    if (inputs.length > Ops.PEAKS) {
      inputs[Ops.PEAKS] = half(inputs[Ops.PEAKS], ROWS, index);
    }
    return half(dense.node(), inputs);
  }

  /** A copy of {@code whole} with other inputs and half of its heads, if it has heads. */
  private static NodeOutput half(GraphNode whole, NodeOutput... inputs) {
    GraphNode half = Match.node(whole.op(), whole, inputs);
    half.attributes().putAll(whole.attributes());
    half.attributes()
        .computeIfPresent(Ops.HEADS, (name, heads) -> Match.number(heads.getI() / HALVES));
    return half.output();
  }

  private NodeOutput half(NodeOutput constant, int axis, int index) {
    return halves.computeIfAbsent(
        new HalfKey(constant.node(), axis, index),
        key -> Match.constant(constant, LoweredWeights.of(constant).part(axis, index, HALVES)));
  }

  private NodeOutput zeros(NodeOutput bias) {
    return zeros.computeIfAbsent(
        LoweredWeights.of(bias).count(),
        count ->
            Match.constant(
                bias, Weight.computed(List.of(count), () -> new float[Math.toIntExact(count)])));
  }

  /** The operands of a sum; of a sum of halves, each half. */
  static Stream<NodeOutput> terms(GraphNode sum) {
    return sum.inputs().stream()
        .flatMap(term -> term.node().is(Ops.JOIN) ? terms(term.node()) : Stream.of(term));
  }
}
