package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.CalledFunctions;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * Inlines the function calls of a SavedModel's graph, on demand: only what is asked for, and what
 * it reads, becomes a {@link GraphNode}. Ops that only pass a tensor on are dropped. Ops that stock
 * TensorFlow lacks are welcome. Loops keep their functions. One thread.
 */
final class GraphFlattener {

  /** Ops whose output is their input. */
  private static final Set<String> PASSING =
      Set.of("Identity", "IdentityN", "StopGradient", "PreventGradient", "Snapshot");

  /** Ops that run one function, whatever their inputs. */
  static final Set<String> CALLS = Set.of("PartitionedCall", "StatefulPartitionedCall");

  private final Map<String, FunctionDef> functions = new HashMap<>();
  private final Frame top;
  private final Deque<Pending> pending = new ArrayDeque<>();

  GraphFlattener(GraphDef graph) {
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      functions.put(function.getSignature().getName(), function);
    }
    top = new Frame("", null, null, graph.getNodeList());
  }

  /** The tensor that the top-level graph knows by {@code reference}, such as {@code node:0}. */
  NodeOutput tensor(String reference) {
    return settled(resolve(top, reference));
  }

  /** Every node of kind {@code op} that running the top-level node {@code name} would run. */
  List<GraphNode> nodesRunBy(String name, String op) {
    return nodesRunBy(name, node -> node.getOp().equals(op));
  }

  /**
   * Every node that running the top-level node {@code name} would run and that may change a
   * variable, itself or in a function that it calls.
   */
  List<GraphNode> writersRunBy(String name) {
    return nodesRunBy(
        name,
        node -> {
          Map<String, FunctionDef> called = new HashMap<>();
          collectCalled(node, called);
          return isWriter(node)
              || called.values().stream()
                  .flatMap(function -> function.getNodeDefList().stream())
                  .anyMatch(GraphFlattener::isWriter);
        });
  }

  /** Whether {@code node} changes a variable itself. */
  private static boolean isWriter(NodeDef node) {
    String op = node.getOp();
    return op.startsWith("Assign")
        || (op.startsWith("Resource") && !op.startsWith("ResourceGather"));
  }

  private List<GraphNode> nodesRunBy(String name, Predicate<NodeDef> asked) {
    List<GraphNode> found = new ArrayList<>();
    NodeDef node = top.nodes.get(name);
    if (node != null) {
      collect(top, node, asked, found);
    }
    return found;
  }

  /** Top-level nodes of kind {@code op}. */
  List<GraphNode> topNodes(String op) {
    List<GraphNode> found = new ArrayList<>();
    for (NodeDef node : top.nodes.values()) {
      if (node.getOp().equals(op)) {
        found.add(settled(materialise(top, node, "", 0)).node());
      }
    }
    return found;
  }

  private void collect(Frame frame, NodeDef node, Predicate<NodeDef> asked, List<GraphNode> found) {
    FunctionDef function = callee(node);
    if (function != null) {
      Frame callee = frame.callee(node, function);
      for (NodeDef inner : function.getNodeDefList()) {
        collect(callee, inner, asked, found);
      }
    } else if (asked.test(node)) {
      found.add(settled(materialise(frame, node, "", 0)).node());
    } else if (node.getOp().equals("NoOp")) {
      // An initialiser at the top gathers its steps by control edges.
      for (String input : node.getInputList()) {
        if (input.startsWith("^") && frame == top && top.nodes.containsKey(input.substring(1))) {
          collect(top, top.nodes.get(input.substring(1)), asked, found);
        }
      }
    }
  }

  /** Reads the inputs of all nodes made so far; a list, not recursion, for deep graphs. */
  private NodeOutput settled(NodeOutput tensor) {
    for (Pending next = pending.poll(); next != null; next = pending.poll()) {
      for (String input : next.source.getInputList()) {
        if (!input.startsWith("^")) {
          next.node.inputs().add(resolve(next.frame, input));
        }
      }
    }
    return tensor;
  }

  private NodeOutput resolve(Frame startFrame, String startReference) {
    Frame frame = startFrame;
    String reference = startReference;
    while (true) {
      Integer argument = frame.arguments.get(reference);
      if (argument != null && frame.caller != null && frame.call != null) {
        reference = frame.call.getInput(argument);
        frame = frame.caller;
        continue;
      }
      String[] parts = reference.split(":", -1);
      NodeDef node = frame.nodes.get(parts[0]);
      if (node == null) {
        throw new UnsupportedModelException(
            "graph: reads " + frame.prefix + reference + " (expected: a node that is there)");
      }
      String output = parts.length == 3 ? parts[1] : "";
      int index = parts.length == 1 ? 0 : Integer.parseInt(parts[parts.length - 1]);
      FunctionDef function = callee(node);
      if (function != null) {
        OpDef signature = function.getSignature();
        String result =
            CALLS.contains(node.getOp()) || output.isEmpty()
                ? signature.getOutputArg(index).getName()
                : output;
        frame = frame.callee(node, function);
        reference = function.getRetOrThrow(result);
      } else if (PASSING.contains(node.getOp())) {
        reference = node.getInput(index);
      } else {
        return materialise(frame, node, output, index);
      }
    }
  }

  private NodeOutput materialise(Frame frame, NodeDef source, String output, int index) {
    GraphNode node = frame.made.get(source.getName());
    if (node == null) {
      node = new GraphNode(frame.prefix + source.getName(), source.getOp());
      for (var attribute : source.getAttrMap().entrySet()) {
        if (!attribute.getValue().getPlaceholder().isEmpty()) {
          throw new UnsupportedModelException(
              "node "
                  + node.name()
                  + ": "
                  + attribute.getKey()
                  + " left open (expected: functions without type parameters)");
        }
        if (!attribute.getKey().startsWith("_")) {
          node.attributes().put(attribute.getKey(), attribute.getValue());
        }
      }
      Map<String, FunctionDef> called = new LinkedHashMap<>();
      collectCalled(source, called);
      if (!called.isEmpty()) {
        CalledFunctions.put(node, called.values());
      }
      frame.made.put(source.getName(), node);
      pending.add(new Pending(frame, source, node));
    }
    return new NodeOutput(node, output, index);
  }

  /** Adds the functions that {@code node} calls, at any depth, by name. */
  private void collectCalled(NodeDef node, Map<String, FunctionDef> called) {
    Deque<String> names = new ArrayDeque<>(calledNames(node));
    for (String name = names.poll(); name != null; name = names.poll()) {
      FunctionDef function = functions.get(name);
      if (function != null && called.put(name, function) == null) {
        function.getNodeDefList().forEach(inner -> names.addAll(calledNames(inner)));
      }
    }
  }

  private static List<String> calledNames(NodeDef node) {
    List<String> names = new ArrayList<>(List.of(node.getOp()));
    for (AttrValue value : node.getAttrMap().values()) {
      names.add(value.getFunc().getName());
      value.getList().getFuncList().forEach(function -> names.add(function.getName()));
    }
    return names;
  }

  private @Nullable FunctionDef callee(NodeDef node) {
    return CALLS.contains(node.getOp())
        ? functions.get(node.getAttrOrThrow("f").getFunc().getName())
        : functions.get(node.getOp());
  }

  private record Pending(Frame frame, NodeDef source, GraphNode node) {}

  /** One call of one function, or the top-level graph. */
  private static final class Frame {
    private final String prefix;
    private final @Nullable Frame caller;
    private final @Nullable NodeDef call;
    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Map<String, Integer> arguments = new HashMap<>();
    private final Map<String, Frame> callees = new HashMap<>();
    private final Map<String, GraphNode> made = new HashMap<>();

    Frame(String prefix, @Nullable Frame caller, @Nullable NodeDef call, List<NodeDef> nodes) {
      this.prefix = prefix;
      this.caller = caller;
      this.call = call;
      for (NodeDef node : nodes) {
        this.nodes.put(node.getName(), node);
      }
    }

    Frame callee(NodeDef node, FunctionDef function) {
      Frame callee = callees.get(node.getName());
      if (callee == null) {
        callee = new Frame(prefix + node.getName() + "/", this, node, function.getNodeDefList());
        for (OpDef.ArgDef argument : function.getSignature().getInputArgList()) {
          callee.arguments.put(argument.getName(), callee.arguments.size());
        }
        callees.put(node.getName(), callee);
      }
      return callee;
    }
  }
}
