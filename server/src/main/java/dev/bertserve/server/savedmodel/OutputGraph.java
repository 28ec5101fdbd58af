package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Finds which outputs of a signature are inputs, unchanged, and the graph of the others. */
final class OutputGraph {

  private final InputNodes inputs;
  private final List<OutputSpec> specs = new ArrayList<>();
  private final Map<String, NodeOutput> computed = new LinkedHashMap<>();

  /** {@code tensors} are those of all outputs; an input may be one of them, unchanged. */
  OutputGraph(InputNodes inputs, Map<String, NodeOutput> tensors, List<OutputSpec> outputs) {
    this.inputs = inputs;
    for (OutputSpec output : outputs) {
      NodeOutput tensor = Objects.requireNonNull(tensors.get(output.name()));
      String input = inputOf(output, tensor);
      if (input == null) {
        computed.put(output.name(), asServed(output, tensor));
        specs.add(output);
      } else {
        specs.add(new OutputSpec(output.name(), output.rowShape(), output.type(), 0, input));
      }
    }
  }

  /** The outputs that are not inputs. */
  FlatGraph graph() {
    return new FlatGraph(computed);
  }

  /** Types of the tensors of {@link #graph}. */
  Map<String, DataType> types() {
    Map<String, DataType> types = new HashMap<>();
    specs.forEach(output -> types.put(output.name(), servedType(output)));
    return types;
  }

  /** All outputs. */
  List<OutputSpec> specs() {
    return List.copyOf(specs);
  }

  /** The same, with the longest texts of those that {@code graph} computes. */
  List<OutputSpec> specs(FlatGraph graph) {
    TextBounds bounds = new TextBounds();
    List<OutputSpec> bounded = new ArrayList<>();
    for (OutputSpec output : specs) {
      NodeOutput tensor = graph.outputs().get(output.name());
      int textBytes =
          tensor == null || output.type() != ValueType.STRING ? 0 : bounds.bytes(tensor);
      bounded.add(
          new OutputSpec(
              output.name(), output.rowShape(), output.type(), textBytes, output.input()));
    }
    return bounded;
  }

  /** The input whose values {@code output} is, in the same order; null if there is none. */
  private @Nullable String inputOf(OutputSpec output, NodeOutput tensor) {
    GraphNode source = tensor.node();
    boolean whole = true;
    while (isPassing(source) || takesRows(source)) {
      whole &= isPassing(source);
      source = source.input(0).node();
    }
    boolean inOrder = whole;
    return inputs
        .find(source)
        .map(input -> SignatureInputs.of(inputs.signature(), input))
        .filter(spec -> spec.rowSize() == output.rowSize() && (inOrder || spec.rowSize() == 1))
        .map(InputSpec::name)
        .orElse(null);
  }

  /** Whether {@code node} keeps the values and the order of its input. */
  private static boolean isPassing(GraphNode node) {
    return switch (node.op()) {
      case "Reshape", "ExpandDims", "Squeeze", "EnsureShape", "Identity" -> true;
      case "Cast" ->
          node.attribute("SrcT").getType() == DataType.DT_INT32
              && node.attribute("DstT").getType() == DataType.DT_INT64;
      default -> false;
    };
  }

  /** Whether {@code node} is a slice of all rows, each of which may lose values. */
  private static boolean takesRows(GraphNode node) {
    if (!node.is("StridedSlice") || !node.input(3).node().is("Const")) {
      return false;
    }
    long all = (node.number("begin_mask") & node.number("end_mask")) | node.number("ellipsis_mask");
    long other = node.number("new_axis_mask") | node.number("shrink_axis_mask");
    return (all & ~other & 1) == 1 && Constants.integers(node.input(3))[0] == 1;
  }

  /** The output in the type in which it leaves the graph. */
  private NodeOutput asServed(OutputSpec output, NodeOutput tensor) {
    DataType type = inputs.signature().getOutputsOrThrow(output.name()).getDtype();
    DataType served = servedType(output);
    if (type == served) {
      return tensor;
    }
    GraphNode cast = new GraphNode("output/" + output.name() + "/cast", "Cast");
    cast.setType("SrcT", type);
    cast.setType("DstT", served);
    cast.inputs().add(tensor);
    return cast.output();
  }

  /** Halves leave the graph as floats, integers and booleans as integers of 64 bits. */
  private static DataType servedType(OutputSpec output) {
    return switch (output.type()) {
      case FLOAT, HALF, BFLOAT16 -> DataType.DT_FLOAT;
      case DOUBLE -> DataType.DT_DOUBLE;
      case STRING -> DataType.DT_STRING;
      default -> DataType.DT_INT64;
    };
  }
}
