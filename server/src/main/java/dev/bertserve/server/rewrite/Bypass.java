package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * Skips the layers between the first and the last. They run the same kernels on the same shapes as
 * the first layer, so a run without them builds all kernels in a fraction of the time. The outputs
 * of such a run are meaningless.
 */
public final class Bypass {

  /**
   * Name of the boolean placeholder that says whether a run skips them. Every run must feed it:
   * TensorFlow keeps separate kernels, and packed weights, for each set of fed tensors.
   */
  public static final String TAKEN = "bypass";

  private static final int MIN_LAYERS = 3;

  private Bypass() {}

  /** Whether runs of {@code graph} must feed {@link #TAKEN}. */
  public static boolean isIn(FlatGraph graph) {
    return graph.placeholders().contains(TAKEN);
  }

  /**
   * Adds a bypass to {@code graph}, unless an output reads a middle layer directly.
   *
   * @param layerInputs the input of each layer, in order, all of one shape
   */
  static void add(FlatGraph graph, List<NodeOutput> layerInputs, Emitter emit) {
    if (layerInputs.size() < MIN_LAYERS) {
      return;
    }
    NodeOutput entry = layerInputs.get(1);
    NodeOutput exit = layerInputs.get(layerInputs.size() - 1);
    if (!isReachedOnlyThrough(exit, entry, graph.outputs().values())) {
      return;
    }
    GraphNode taken = new GraphNode(TAKEN, "Placeholder");
    taken.setType("dtype", DataType.DT_BOOL);
    // TensorFlow does not run ops that depend on the output of a Switch that is not taken.
    GraphNode fork = emit.node("Switch");
    GraphNode join = emit.node("Merge");
    join.attributes().put("N", Match.number(2));
    graph.replaceReads(tensor -> tensor.equals(exit) ? join.output() : tensor);
    join.inputs().addAll(List.of(exit, new NodeOutput(fork, "", 1)));
    graph.replaceReads(tensor -> tensor.equals(entry) ? fork.output() : tensor);
    fork.inputs().addAll(List.of(entry, taken.output()));
  }

  /** Whether every path from {@code outputs} back to {@code inner} passes {@code outer}. */
  private static boolean isReachedOnlyThrough(
      NodeOutput outer, NodeOutput inner, Collection<NodeOutput> outputs) {
    Set<GraphNode> visited = new HashSet<>();
    Deque<NodeOutput> pending = new ArrayDeque<>(outputs);
    for (NodeOutput tensor = pending.poll(); tensor != null; tensor = pending.poll()) {
      if (tensor.equals(inner)) {
        return false;
      }
      if (!tensor.equals(outer) && visited.add(tensor.node())) {
        pending.addAll(tensor.node().inputs());
      }
    }
    return true;
  }
}
