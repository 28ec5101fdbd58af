package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;

/**
 * Creates weights of a lowered graph. Each weight becomes one constant, however often it is read.
 */
final class LoweredWeights {

  private final Emitter emit;
  private final Map<SingleKey, NodeOutput> single = new HashMap<>();
  private final Map<JoinedKey, NodeOutput> joined = new HashMap<>();

  private record SingleKey(GraphNode constant, DataType format) {}

  /** Concatenated constants, the first of them scaled. */
  private record JoinedKey(List<GraphNode> constants, float scale, DataType format) {}

  LoweredWeights(Emitter emit) {
    this.emit = emit;
  }

  /** The weight that {@code constant} holds. */
  static Weight of(NodeOutput constant) {
    Weight weight = constant.node().weight();
    if (weight == null) {
      throw new IllegalStateException("node " + constant.node() + ": no weight (expected: one)");
    }
    return weight;
  }

  /** {@code constant} in the compute type. */
  NodeOutput single(NodeOutput constant) {
    return single(constant, emit.type());
  }

  NodeOutput single(NodeOutput constant, DataType format) {
    return single.computeIfAbsent(
        new SingleKey(constant.node(), format), key -> emit.weight(of(constant), format));
  }

  /** Input {@code index} of each projection, concatenated; the first one is scaled. */
  NodeOutput joined(List<GraphNode> projections, int index, float scale, DataType format) {
    if (projections.size() == 1 && scale == 1) {
      return single(projections.get(0).input(index), format);
    }
    List<GraphNode> constants =
        projections.stream().map(projection -> projection.input(index).node()).toList();
    return joined.computeIfAbsent(
        new JoinedKey(constants, scale, format),
        key -> emit.weight(joinedWeight(projections, index, scale), format));
  }

  /** The values of {@link #joined} in float32. */
  static Weight joinedWeight(List<GraphNode> projections, int index, float scale) {
    if (projections.size() == 1 && scale == 1) {
      return of(projections.get(0).input(index));
    }
    List<Weight> parts = new ArrayList<>();
    for (GraphNode projection : projections) {
      Weight weight = of(projection.input(index));
      parts.add(parts.isEmpty() && scale != 1 ? weight.scaled(scale) : weight);
    }
    return Weight.joined(parts);
  }
}
