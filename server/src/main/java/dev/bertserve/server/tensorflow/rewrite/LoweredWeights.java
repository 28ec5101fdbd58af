package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import dev.bertserve.server.tensorflow.graph.Weight;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;

/** Weights in a number format, one constant for each however often it is used. */
final class LoweredWeights {

  private final Emitter emit;
  private final Map<Alone, NodeOutput> alone = new HashMap<>();
  private final Map<Joined, NodeOutput> joined = new HashMap<>();

  private record Alone(GraphNode constant, DataType format) {}

  /** Constants side by side, the first of them times a scale. */
  private record Joined(List<GraphNode> constants, float scale) {}

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

  NodeOutput alone(NodeOutput constant) {
    return alone(constant, emit.type());
  }

  NodeOutput alone(NodeOutput constant, DataType format) {
    return alone.computeIfAbsent(
        new Alone(constant.node(), format), key -> emit.weight(of(constant), format));
  }

  /** Input {@code index} of each projection side by side, the first one's times {@code scale}. */
  NodeOutput joined(List<GraphNode> projections, int index, float scale) {
    List<GraphNode> constants = new ArrayList<>();
    List<Weight> parts = new ArrayList<>();
    for (GraphNode projection : projections) {
      Weight weight = of(projection.input(index));
      parts.add(parts.isEmpty() && scale != 1 ? weight.scaled(scale) : weight);
      constants.add(projection.input(index).node());
    }
    return joined.computeIfAbsent(
        new Joined(constants, scale), key -> emit.weight(Weight.joined(parts), emit.type()));
  }
}
