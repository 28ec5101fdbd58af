package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.preprocessing.TextRefusal;
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
  private static final String FIXED_LENGTH = "features of a fixed length";

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
    graph.replaceReads(features::replacement);
    features.countTexts(graph);
    return new InputNodes(features.signature.build(), features.placeholders);
  }

  private NodeOutput replacement(NodeOutput tensor) {
    GraphNode node = tensor.node();
    if (node.is(PARSE)) {
      return dense(tensor).output();
    }
    return node.is("SparseToDense") && node.input(0).node().is(PARSE)
        ? single(node).output()
        : tensor;
  }

  private GraphNode dense(NodeOutput parsed) {
    GraphNode parse = parsed.node();
    int feature = placeAmong(parsed, DENSE, 3);
    List<ByteString> names = Constants.strings(parse.input(3));
    if (feature < 0 || feature >= names.size()) {
      throw refused(parse, parsed.argument() + " of examples", FIXED_LENGTH);
    }
    List<TensorShapeProto.Dim> shape =
        parse.attribute("dense_shapes").getList().getShape(feature).getDimList();
    return placeholder(
        parse, names.get(feature), parse.attribute("Tdense").getList().getType(feature), shape);
  }

  /** A sparse feature that {@code toDense} makes a column of: one value, or a default. */
  private GraphNode single(GraphNode toDense) {
    GraphNode parse = toDense.input(0).node();
    GraphNode shape = toDense.input(1).node();
    int feature = placeAmong(toDense.input(2), "sparse_values", 1);
    List<ByteString> names = Constants.strings(parse.input(2));
    boolean column =
        feature >= 0
            && feature < names.size()
            && shape.is("Pack")
            && shape.inputs().size() == 2
            && shape.input(1).node().is("Const");
    if (!column) {
      throw refused(toDense, "a feature of any length", FIXED_LENGTH);
    }
    return placeholder(
        parse,
        names.get(feature),
        parse.attribute("sparse_types").getList().getType(feature),
        List.of(
            TensorShapeProto.Dim.newBuilder().setSize(Constants.integer(shape.input(1))).build()));
  }

  /**
   * The place of {@code output} among those called {@code argument}, before which sparse features
   * have {@code earlier} outputs each; negative if it is another output.
   */
  private static int placeAmong(NodeOutput output, String argument, int earlier) {
    if (output.argument().isEmpty()) {
      return output.index() - earlier * Math.toIntExact(output.node().number("num_sparse"));
    }
    return output.argument().equals(argument) ? output.index() : -1;
  }

  private GraphNode placeholder(
      GraphNode parse, ByteString key, DataType type, List<TensorShapeProto.Dim> shape) {
    removeExamples(parse);
    String name = key.toStringUtf8();
    if (shape.stream().anyMatch(dimension -> dimension.getSize() < 1)) {
      throw refused(parse, "feature " + name + " of any length", FIXED_LENGTH);
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
        ignored ->
            RowInputs.placeholder(input.getName(), type, SignatureInputs.rowShape(input.build())));
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
    return TextRefusal.of(node, found, expected);
  }
}
