package dev.bertserve.server.tensorflow;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import dev.bertserve.server.tensorflow.graph.UnsupportedModelException;
import dev.bertserve.server.tensorflow.graph.Weight;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.GraphOperationBuilder;
import org.tensorflow.Output;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.OpDef;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * Writes a {@link FlatGraph} node by node into a TensorFlow graph, so that no proto ever holds all
 * weights at once.
 */
final class GraphBuilder {

  private final Graph graph;
  private final Map<String, OpDef> ops = new HashMap<>();
  private final Map<GraphNode, GraphOperation> built = new HashMap<>();

  GraphBuilder(Graph graph) {
    this.graph = graph;
    for (OpDef op : TensorFlow.registeredOpList().getOpList()) {
      ops.put(op.getName(), op);
    }
  }

  /** Adds all nodes of {@code flat}; answers its outputs by name. */
  Map<String, Output<?>> build(FlatGraph flat) throws IOException {
    for (GraphNode node : flat.nodes()) {
      built.put(node, build(node));
    }
    Map<String, Output<?>> outputs = new HashMap<>();
    for (var output : flat.outputs().entrySet()) {
      outputs.put(output.getKey(), output(output.getValue()));
    }
    return outputs;
  }

  private GraphOperation build(GraphNode node) throws IOException {
    OpDef op = definition(node);
    GraphOperationBuilder builder = graph.opBuilder(node.op(), node.name(), graph.baseScope());
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
    Weight weight = node.weight();
    if (weight == null) {
      return builder.build();
    }
    try (Tensor tensor = tensor(weight)) {
      builder.setAttr("value", tensor);
      return builder.build();
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
    OpDef op = ops.get(node.op());
    if (op == null) {
      throw new UnsupportedModelException(
          "node "
              + node.name()
              + ": op "
              + node.op()
              + " (expected: an op of TensorFlow "
              + TensorFlow.version()
              + ")");
    }
    return op;
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

  private static Tensor tensor(Weight weight) throws IOException {
    List<Long> dimensions = weight.shape();
    Shape shape = Shape.of(dimensions.stream().mapToLong(Long::longValue).toArray());
    Tensor tensor = Tensor.of(type(weight), shape);
    ByteDataBuffer values = tensor.asRawTensor().data();
    long[] written = {0};
    weight.read(
        (piece, length) -> {
          values.offset(written[0]).write(piece, 0, length);
          written[0] += length;
        });
    return tensor;
  }

  private static Class<? extends TType> type(Weight weight) {
    return switch (weight.type()) {
      case DT_FLOAT -> TFloat32.class;
      case DT_DOUBLE -> TFloat64.class;
      case DT_HALF -> TFloat16.class;
      case DT_BFLOAT16 -> TBfloat16.class;
      case DT_INT32 -> TInt32.class;
      case DT_INT64 -> TInt64.class;
      case DT_UINT8 -> TUint8.class;
      case DT_BOOL -> TBool.class;
      default ->
          throw new UnsupportedModelException(
              "checkpoint: a weight of " + weight.type() + " (expected: a number type)");
    };
  }
}
