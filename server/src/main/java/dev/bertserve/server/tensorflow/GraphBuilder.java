package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.CalledFunctions;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import dev.bertserve.server.preprocessing.TextRefusal;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.TensorFlow;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.FunctionDefLibrary;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.OpDef;

/**
 * Writes a {@link FlatGraph} node by node into a TensorFlow graph, so no proto holds all weights.
 */
final class GraphBuilder {

  /** The attribute that picks one of several kernels; no op definition lists it. */
  private static final String KERNEL = "_kernel";

  private final Graph graph;
  private final WeightVariables variables;
  private final OpDefinitions ops = new OpDefinitions();
  private final Map<GraphNode, GraphOperation> built = new HashMap<>();

  /** Names of the functions that the graph has. */
  private final Set<String> functions = new HashSet<>();

  /** By weight, or by the name of an input. */
  private final Map<Object, GraphOperation> shared = new HashMap<>();

  /** {@code variables} must belong to {@code graph}. */
  GraphBuilder(Graph graph, WeightVariables variables) {
    this.graph = graph;
    this.variables = variables;
  }

  /**
   * Adds all nodes of {@code flat}, with {@code prefix} before their names; returns the outputs by
   * name. A second call shares the weights of the first, and the inputs by name.
   */
  Map<String, Output<?>> build(FlatGraph flat, String prefix) throws IOException {
    for (GraphNode node : flat.nodes()) {
      Object sharedBy = node.is("Placeholder") ? node.name() : node.weight();
      GraphOperation operation = sharedBy == null ? null : shared.get(sharedBy);
      if (operation == null) {
        operation = build(node, (node.is("Placeholder") ? "" : prefix) + node.name());
      }
      if (sharedBy != null) {
        shared.put(sharedBy, operation);
      }
      built.put(node, operation);
    }
    Map<String, Output<?>> outputs = new HashMap<>();
    for (var output : flat.outputs().entrySet()) {
      outputs.put(output.getKey(), output(output.getValue()));
    }
    return outputs;
  }

  private GraphOperation build(GraphNode node, String name) throws IOException {
    Weight weight = node.weight();
    if (weight != null) {
      return variables.add(name, weight);
    }
    OpDef op = definition(node);
    addFunctions(node);
    GraphOperationBuilder builder = graph.opBuilder(node.op(), name, graph.baseScope());
    int next = 0;
    for (OpDef.ArgDef argument : op.getInputArgList()) {
      int count = count(argument, node);
      if (isList(argument)) {
        Output<?>[] tensors = new Output<?>[count];
        for (int i = 0; i < count; i++) {
          tensors[i] = output(node.inputs().get(next + i));
        }
        builder.addInputList(tensors);
      } else {
        builder.addInput(output(node.inputs().get(next)));
      }
      next += count;
    }
    for (OpDef.AttrDef attribute : op.getAttrList()) {
      AttrValue value = node.attributes().get(attribute.getName());
      if (value != null) {
        builder.setAttr(attribute.getName(), value);
      }
    }
    AttrValue kernel = node.attributes().get(KERNEL);
    if (kernel != null) {
      builder.setAttr(KERNEL, kernel);
    }
    return builder.build();
  }

  private void addFunctions(GraphNode node) {
    FunctionDefLibrary.Builder library = FunctionDefLibrary.newBuilder();
    for (FunctionDef function : CalledFunctions.of(node)) {
      if (functions.add(function.getSignature().getName())) {
        library.addFunction(function);
      }
    }
    if (library.getFunctionCount() > 0) {
      graph.importGraphDef(GraphDef.newBuilder().setLibrary(library).build());
    }
  }

  private Output<?> output(NodeOutput tensor) {
    GraphNode node = tensor.node();
    GraphOperation operation = built.get(node);
    if (operation == null) {
      throw new IllegalStateException("node " + node.name() + ": not built (expected: before use)");
    }
    int index = tensor.index();
    if (!tensor.argument().isEmpty()) {
      for (OpDef.ArgDef argument : definition(node).getOutputArgList()) {
        if (argument.getName().equals(tensor.argument())) {
          break;
        }
        index += count(argument, node);
      }
    }
    return operation.output(index);
  }

  private OpDef definition(GraphNode node) {
    return ops.of(node.op())
        .orElseThrow(
            () ->
                TextRefusal.of(
                    "node "
                        + node.name()
                        + ": op "
                        + node.op()
                        + " (expected: an op of TensorFlow "
                        + TensorFlow.version()
                        + ")"));
  }

  private static boolean isList(OpDef.ArgDef argument) {
    return !argument.getNumberAttr().isEmpty() || !argument.getTypeListAttr().isEmpty();
  }

  private static int count(OpDef.ArgDef argument, GraphNode node) {
    if (!argument.getNumberAttr().isEmpty()) {
      return Math.toIntExact(attribute(node, argument.getNumberAttr()).getI());
    }
    if (!argument.getTypeListAttr().isEmpty()) {
      return attribute(node, argument.getTypeListAttr()).getList().getTypeCount();
    }
    return 1;
  }

  private static AttrValue attribute(GraphNode node, String name) {
    AttrValue value = node.attributes().get(name);
    if (value == null) {
      throw new UnsupportedModelException(
          "node " + node.name() + ": " + node.op() + " without " + name + " (expected: present)");
    }
    return value;
  }
}
