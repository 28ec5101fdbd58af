package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Makes inputs of the features that a graph parses out of serialised examples
 * (tf.io.parse_example), in place of the examples. One thread.
 */
final class ExampleFeatures {

  private static final String PARSE = "ParseExampleV2";
  private static final String DENSE = "dense_values";

  private final InputNodes given;
  private final SignatureDef.Builder signature;
  private final Map<String, GraphNode> placeholders;
  private final Set<GraphNode> examples = new HashSet<>();

  private ExampleFeatures(InputNodes given) {
    this.given = given;
    this.signature = given.signature().toBuilder();
    this.placeholders = new TreeMap<>(given.placeholders());
  }

  /** The inputs of {@code graph}, which reads features instead of examples afterwards. */
  static InputNodes replace(FlatGraph graph, InputNodes given) {
    ExampleFeatures features = new ExampleFeatures(given);
    graph.replaceReads(
        tensor -> tensor.node().is(PARSE) ? features.placeholder(tensor).output() : tensor);
    features.countTexts(graph);
    return new InputNodes(features.signature.build(), features.placeholders);
  }

  private GraphNode placeholder(NodeOutput parsed) {
    GraphNode parse = parsed.node();
    removeExamples(parse);
    List<ByteString> names = Constants.strings(parse.input(3));
    int feature = placeAmongDense(parsed);
    if (feature < 0 || feature >= names.size()) {
      throw refused(parse, parsed.argument() + " of examples", "features of a fixed length");
    }
    String name = names.get(feature).toStringUtf8();
    DataType type = parse.attribute("Tdense").getList().getType(feature);
    List<TensorShapeProto.Dim> shape =
        parse.attribute("dense_shapes").getList().getShape(feature).getDimList();
    if (shape.stream().anyMatch(dimension -> dimension.getSize() < 1)) {
      throw refused(parse, "feature " + name + " of any length", "features of a fixed length");
    }
    TensorInfo.Builder input = TensorInfo.newBuilder().setName("feature/" + name).setDtype(type);
    input.getTensorShapeBuilder().addDimBuilder().setSize(-1);
    input.getTensorShapeBuilder().addAllDim(shape);
    GraphNode known = placeholders.get(name);
    if (known != null && !input.build().equals(signature.getInputsOrThrow(name))) {
      throw refused(parse, "feature " + name, "another name than other inputs have");
    }
    signature.putInputs(name, input.build());
    return placeholders.computeIfAbsent(
        name,
        key ->
            RowInputs.placeholder(input.getName(), type, SignatureInputs.rowShape(input.build())));
  }

  /** Sparse features have three outputs each, before the dense ones; negative for other outputs. */
  private static int placeAmongDense(NodeOutput parsed) {
    return switch (parsed.argument()) {
      case DENSE -> parsed.index();
      case "" -> parsed.index() - 3 * Math.toIntExact(parsed.node().number("num_sparse"));
      default -> -1;
    };
  }

  private void removeExamples(GraphNode parse) {
    GraphNode source = parse.input(0).node();
    while (source.is("Reshape") || source.is("Squeeze")) {
      source = source.input(0).node();
    }
    if (examples.add(source)) {
      String input =
          given
              .find(source)
              .orElseThrow(() -> refused(parse, "examples of " + parse.input(0), "of an input"));
      signature.removeInputs(input);
      placeholders.remove(input);
    }
  }

  /** The graph may count its rows by the examples. */
  private void countTexts(FlatGraph graph) {
    for (GraphNode node : graph.nodes()) {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (examples.contains(node.input(i).node())) {
          if (!node.is("Shape")) {
            throw refused(node, node.op() + " of examples", "nothing but their features");
          }
          node.inputs().set(i, oneText(node).output());
        }
      }
    }
  }

  /** A feature that has one value a row. */
  private GraphNode oneText(GraphNode counted) {
    return placeholders.values().stream()
        .filter(
            node ->
                node.attribute("dtype").getType() == DataType.DT_STRING
                    && RowInputs.rowShape(node).isEmpty())
        .findFirst()
        .orElseThrow(() -> refused(counted, "examples without a text", "a text"));
  }

  private static UnsupportedModelException refused(GraphNode node, String found, String expected) {
    return TokenizerReader.unknown(node, found, expected);
  }
}
