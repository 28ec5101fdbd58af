package dev.bertserve.server.tensorflow.graph;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A graph without functions: whatever its outputs need, and nothing else.
 *
 * @param outputs the tensors that the model answers with, by name in the signature
 */
public record FlatGraph(Map<String, NodeOutput> outputs) {

  public FlatGraph {
    outputs = new LinkedHashMap<>(outputs);
  }

  /** The nodes that the outputs need, every node after those that it reads. */
  public List<GraphNode> nodes() {
    return nodesBehind(outputs.values());
  }

  /** Names of the tensors that a run is fed. */
  public Set<String> placeholders() {
    Set<String> names = new HashSet<>();
    for (GraphNode node : nodes()) {
      if (node.is("Placeholder")) {
        names.add(node.name());
      }
    }
    return names;
  }

  /** The nodes that {@code tensors} need, every node after those that it reads. */
  public static List<GraphNode> nodesBehind(Collection<NodeOutput> tensors) {
    List<GraphNode> ordered = new ArrayList<>();
    Set<GraphNode> entered = new HashSet<>();
    Set<GraphNode> left = new HashSet<>();
    Deque<GraphNode> path = new ArrayDeque<>();
    tensors.forEach(tensor -> path.push(tensor.node()));
    while (!path.isEmpty()) {
      GraphNode node = path.peek();
      if (entered.add(node)) {
        for (NodeOutput input : node.inputs()) {
          if (!entered.contains(input.node())) {
            path.push(input.node());
          }
        }
      } else {
        path.pop();
        if (left.add(node)) {
          ordered.add(node);
        }
      }
    }
    return ordered;
  }

  /** The same graph, whose nodes may be changed without changing these. */
  public FlatGraph copy() {
    Map<GraphNode, GraphNode> copies = new HashMap<>();
    for (GraphNode node : nodes()) {
      Weight weight = node.weight();
      GraphNode copy =
          weight == null
              ? new GraphNode(node.name(), node.op())
              : new GraphNode(node.name(), weight);
      copy.attributes().putAll(node.attributes());
      node.inputs().forEach(input -> copy.inputs().add(copied(input, copies)));
      copies.put(node, copy);
    }
    Map<String, NodeOutput> outputsOfCopy = new LinkedHashMap<>();
    outputs.forEach((name, tensor) -> outputsOfCopy.put(name, copied(tensor, copies)));
    return new FlatGraph(outputsOfCopy);
  }

  private static NodeOutput copied(NodeOutput tensor, Map<GraphNode, GraphNode> copies) {
    GraphNode copy = Objects.requireNonNull(copies.get(tensor.node()));
    return new NodeOutput(copy, tensor.argument(), tensor.index());
  }

  /**
   * Puts {@code replacement} of each tensor in its place, wherever it is read, and so on in what is
   * put there.
   */
  public void replaceReads(UnaryOperator<NodeOutput> replacement) {
    Set<GraphNode> entered = new HashSet<>();
    Deque<GraphNode> pending = new ArrayDeque<>();
    outputs.replaceAll((name, tensor) -> replacement.apply(tensor));
    outputs.values().forEach(tensor -> pending.add(tensor.node()));
    for (GraphNode node = pending.poll(); node != null; node = pending.poll()) {
      if (entered.add(node)) {
        node.inputs().replaceAll(replacement);
        node.inputs().forEach(input -> pending.add(input.node()));
      }
    }
  }
}
