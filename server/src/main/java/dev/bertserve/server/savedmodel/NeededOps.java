package dev.bertserve.server.savedmodel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NameAttrList;
import org.tensorflow.proto.NodeDef;

/**
 * The kinds of op that a graph cannot run without, those of the functions that it calls included.
 */
final class NeededOps {

  private final Map<String, FunctionDef> functions = new HashMap<>();
  private final Map<String, NodeDef> nodes = new HashMap<>();
  private final Set<String> ops = new TreeSet<>();
  private final Deque<String> calls = new ArrayDeque<>();

  private NeededOps(GraphDef graph) {
    for (FunctionDef function : graph.getLibrary().getFunctionList()) {
      functions.put(function.getSignature().getName(), function);
    }
    for (NodeDef node : graph.getNodeList()) {
      nodes.put(node.getName(), node);
    }
  }

  /** In alphabetical order, by {@code graph}'s {@code tensors}, such as {@code node:0}. */
  static Set<String> of(GraphDef graph, Iterable<String> tensors) {
    NeededOps needed = new NeededOps(graph);
    needed.readFrom(tensors);
    needed.callFunctions();
    return needed.ops;
  }

  private void readFrom(Iterable<String> tensors) {
    Set<String> seen = new HashSet<>();
    Deque<String> references = new ArrayDeque<>();
    tensors.forEach(references::add);
    for (String next = references.poll(); next != null; next = references.poll()) {
      String name = next.replaceFirst("^\\^", "").replaceFirst(":.*$", "");
      NodeDef node = nodes.get(name);
      if (node != null && seen.add(name)) {
        add(node);
        references.addAll(node.getInputList());
      }
    }
  }

  private void callFunctions() {
    Set<String> seen = new HashSet<>();
    for (String next = calls.poll(); next != null; next = calls.poll()) {
      FunctionDef function = functions.get(next);
      if (function != null && seen.add(next)) {
        function.getNodeDefList().forEach(this::add);
      }
    }
  }

  private void add(NodeDef node) {
    if (functions.containsKey(node.getOp())) {
      calls.add(node.getOp());
    } else {
      ops.add(node.getOp());
    }
    for (AttrValue value : node.getAttrMap().values()) {
      calls.add(value.getFunc().getName());
      for (NameAttrList function : value.getList().getFuncList()) {
        calls.add(function.getName());
      }
    }
  }
}
