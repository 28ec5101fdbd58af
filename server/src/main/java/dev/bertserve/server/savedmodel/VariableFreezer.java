package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;

/** Puts constants, whose values stay in the checkpoint's files, in the place of variables. */
final class VariableFreezer {

  private final Checkpoint checkpoint;
  private final Map<GraphNode, String> keys = new HashMap<>();
  private final Map<GraphNode, GraphNode> writers = new HashMap<>();
  private final Map<GraphNode, NodeOutput> constants = new HashMap<>();

  /**
   * @param assignments the AssignVariableOp nodes of the SavedModel's restore op
   * @param writers the nodes of the signature that may write a variable which they read
   */
  VariableFreezer(Checkpoint checkpoint, List<GraphNode> assignments, List<GraphNode> writers) {
    this.checkpoint = checkpoint;
    for (GraphNode assignment : assignments) {
      NodeOutput value = assignment.input(1);
      if (value.node().is("RestoreV2")) {
        List<ByteString> restored = Constants.strings(value.node().input(1));
        keys.put(assignment.input(0).node(), restored.get(value.index()).toStringUtf8());
      }
    }
    for (GraphNode writer : writers) {
      writer.inputs().forEach(input -> this.writers.put(input.node(), writer));
    }
  }

  void freeze(FlatGraph graph) throws IOException {
    Map<GraphNode, NodeOutput> frozen = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (node.is("ReadVariableOp")) {
        frozen.put(node, constant(node.input(0).node()));
      } else if (node.is("ResourceGather")) {
        frozen.put(node, gather(node));
      }
    }
    graph.replaceReads(tensor -> frozen.getOrDefault(tensor.node(), tensor));
    for (GraphNode node : graph.nodes()) {
      freezeFunctions(node);
    }
  }

  /** Gives {@code node} values in the place of variables, which only its functions may read. */
  private void freezeFunctions(GraphNode node) throws IOException {
    Map<Integer, DataType> types = new TreeMap<>();
    for (int i = 0; i < node.inputs().size(); i++) {
      if (node.input(i).node().is("VarHandleOp")) {
        NodeOutput value = constant(node.input(i).node());
        node.inputs().set(i, value);
        types.put(i, value.node().attribute("dtype").getType());
      }
    }
    if (!types.isEmpty()) {
      FunctionFreezer.freeze(node, types);
    }
  }

  private NodeOutput gather(GraphNode resourceGather) throws IOException {
    NodeOutput table = constant(resourceGather.input(0).node());
    GraphNode gather = new GraphNode(resourceGather.name(), "GatherV2");
    gather.inputs().add(table);
    gather.inputs().add(resourceGather.input(1));
    gather.inputs().add(Constants.ofInt(resourceGather.name() + "/axis", 0).output());
    gather.setType("Tparams", resourceGather.attribute("dtype").getType());
    gather.attributes().put("Tindices", resourceGather.attribute("Tindices"));
    gather.setType("Taxis", DataType.DT_INT32);
    return gather.output();
  }

  private NodeOutput constant(GraphNode variable) throws IOException {
    NodeOutput constant = constants.get(variable);
    if (constant == null) {
      String key = keys.get(variable);
      if (key == null) {
        throw new UnsupportedModelException(
            "node "
                + variable.name()
                + ": "
                + variable.op()
                + " that no checkpoint restores (expected: a saved variable)");
      }
      GraphNode writer = writers.get(variable);
      if (writer != null) {
        throw new UnsupportedModelException(
            "node "
                + writer.name()
                + ": "
                + writer.op()
                + " writes "
                + variable.name()
                + ", which outputs depend on (expected: variables that are only read)");
      }
      Weight weight = checkpoint.weight(key);
      GraphNode node =
          weight.type() == DataType.DT_STRING
              ? TextVariable.constant(variable.name(), weight)
              : new GraphNode(variable.name(), weight);
      constant = node.output();
      constants.put(variable, constant);
    }
    return constant;
  }
}
