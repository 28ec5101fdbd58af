package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * A way around the layers between the first and the last. They run the same kernels on the same
 * shapes as the first, so a run that leaves them out pays for what happens once at a fraction of
 * the time; what it answers means nothing.
 */
public final class Bypass {

  /**
   * Name of the placeholder of whether a run takes it. Each run is fed one: TensorFlow keeps
   * kernels, and with them packed weights, apart for runs that are fed other tensors.
   */
  public static final String TAKEN = "bypass";

  private static final int FEWEST_LAYERS = 3;

  private Bypass() {}

  /** Whether runs of {@code graph} are to be fed {@link #TAKEN}. */
  public static boolean isIn(FlatGraph graph) {
    return graph.placeholders().contains(TAKEN);
  }

  /**
   * Adds one to {@code graph}, which stays as it is where an output sees a middle layer.
   *
   * @param layerInputs what the layers read, in order, all of one shape
   */
  static void add(FlatGraph graph, List<NodeOutput> layerInputs, Emitter emit) {
    if (layerInputs.size() < FEWEST_LAYERS) {
      return;
    }
    NodeOutput entry = layerInputs.get(1);
    NodeOutput exit = layerInputs.get(layerInputs.size() - 1);
    if (!isSeenThroughAlone(exit, entry, graph.outputs().values())) {
      return;
    }
    GraphNode taken = new GraphNode(TAKEN, "Placeholder");
    taken.setType("dtype", DataType.DT_BOOL);
    // Ops behind the side that is not taken do not run.
    GraphNode fork = emit.node("Switch");
    GraphNode join = emit.node("Merge");
    join.attributes().put("N", Match.number(2));
    graph.replaceReads(tensor -> tensor.equals(exit) ? join.output() : tensor);
    join.inputs().addAll(List.of(exit, new NodeOutput(fork, "", 1)));
    graph.replaceReads(tensor -> tensor.equals(entry) ? fork.output() : tensor);
    fork.inputs().addAll(List.of(entry, taken.output()));
  }

  /** Whether {@code outputs} see {@code inner} through {@code outer} and in no other way. */
  private static boolean isSeenThroughAlone(
      NodeOutput outer, NodeOutput inner, Collection<NodeOutput> outputs) {
    Set<GraphNode> entered = new HashSet<>();
    Deque<NodeOutput> pending = new ArrayDeque<>(outputs);
    for (NodeOutput tensor = pending.poll(); tensor != null; tensor = pending.poll()) {
      if (tensor.equals(inner)) {
        return false;
      }
      if (!tensor.equals(outer) && entered.add(tensor.node())) {
        pending.addAll(tensor.node().inputs());
      }
    }
    return true;
  }
}
