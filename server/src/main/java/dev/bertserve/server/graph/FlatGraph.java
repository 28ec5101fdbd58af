package dev.bertserve.server.graph;

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
 * A graph without functions. It consists of the nodes that its outputs depend on.
 *
 * @param outputs the output tensors of the model, by their name in the signature
 */
public record FlatGraph(Map<String, NodeOutput> outputs) {

  public FlatGraph {
    outputs = new LinkedHashMap<>(outputs);
  }

  /** The nodes that the outputs depend on, in topological order: inputs first. */
  public List<GraphNode> nodes() {
    return ancestors(outputs.values());
  }

  /** Names of the placeholders, which every run must feed. */
  public Set<String> placeholders() {
    Set<String> names = new HashSet<>();
    for (GraphNode node : nodes()) {
      if (node.is("Placeholder")) {
        names.add(node.name());
      }
    }
    return names;
  }

  /** The nodes that {@code tensors} depend on, in topological order: inputs first. */
  private static List<GraphNode> ancestors(Collection<NodeOutput> tensors) {
    List<GraphNode> ordered = new ArrayList<>();
    Set<GraphNode> visited = new HashSet<>();
    Set<GraphNode> finished = new HashSet<>();
    Deque<GraphNode> path = new ArrayDeque<>();
    tensors.forEach(tensor -> path.push(tensor.node()));
    while (!path.isEmpty()) {
      GraphNode node = path.peek();
      if (visited.add(node)) {
        for (NodeOutput input : node.inputs()) {
          if (!visited.contains(input.node())) {
            path.push(input.node());
          }
        }
      } else {
        path.pop();
        if (finished.add(node)) {
          ordered.add(node);
        }
      }
    }
    return ordered;
  }

  /** A deep copy: changing its nodes does not change this graph. Weights are shared. */
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
   * Replaces every tensor that a node or an output reads by {@code replacement} of it, including
   * those that replacements read.
   */
  public void replaceReads(UnaryOperator<NodeOutput> replacement) {
    Set<GraphNode> visited = new HashSet<>();
    Deque<GraphNode> pending = new ArrayDeque<>();
    outputs.replaceAll((name, tensor) -> replacement.apply(tensor));
    outputs.values().forEach(tensor -> pending.add(tensor.node()));
    for (GraphNode node = pending.poll(); node != null; node = pending.poll()) {
      if (visited.add(node)) {
        node.inputs().replaceAll(replacement);
        node.inputs().forEach(input -> pending.add(input.node()));
      }
    }
  }
}
