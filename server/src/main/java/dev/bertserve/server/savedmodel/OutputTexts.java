package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.preprocessing.TextProgramReader;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.tensorflow.proto.DataType;

/**
 * What outputs read of a row's texts themselves. A text that known ops make of texts alone is made
 * by the program; all else reads the texts as they are. Both enter the graph as {@link RowInputs},
 * after the signature's inputs beside the texts. One thread.
 */
final class OutputTexts {

  private final TextProgramReader program;
  private final Function<GraphNode, InputSpec> inputOfPlaceholder;
  private final int firstPlace;
  private final List<Integer> values = new ArrayList<>();

  /** {@code firstPlace} is the number of inputs beside the texts. */
  OutputTexts(
      TextProgramReader program,
      Function<GraphNode, InputSpec> inputOfPlaceholder,
      int firstPlace) {
    this.program = program;
    this.inputOfPlaceholder = inputOfPlaceholder;
    this.firstPlace = firstPlace;
  }

  /** Values of the program, in the order of their places. */
  List<Integer> values() {
    return List.copyOf(values);
  }

  /** Afterwards {@code graph} reads no text but as row input; {@code outputs} are its outputs. */
  void replaceIn(FlatGraph graph, List<OutputSpec> outputs) {
    for (OutputSpec output : outputs) {
      NodeOutput tensor = graph.outputs().get(output.name());
      if (tensor != null && output.type() == ValueType.STRING && output.rowSize() == 1) {
        replaceIfKnown(output, tensor, graph);
      }
    }
    Map<GraphNode, NodeOutput> replacements = new HashMap<>();
    for (GraphNode node : graph.nodes()) {
      if (isText(node)) {
        List<Integer> rowShape = inputOfPlaceholder.apply(node).rowShape();
        replacements.put(node, rowInput(program.value(node.output()), rowShape));
      }
    }
    graph.replaceReads(tensor -> replacements.getOrDefault(tensor.node(), tensor));
  }

  private void replaceIfKnown(OutputSpec output, NodeOutput tensor, FlatGraph graph) {
    boolean readsText =
        new FlatGraph(Map.of(output.name(), tensor)).nodes().stream().anyMatch(OutputTexts::isText);
    OptionalInt value = readsText ? program.decodedIfKnown(tensor) : OptionalInt.empty();
    if (value.isPresent()) {
      // A session fetches no tensor that it is fed.
      GraphNode fetched = new GraphNode("output/" + output.name() + "/text", "Identity");
      fetched.setType("T", DataType.DT_STRING);
      fetched.inputs().add(rowInput(value.getAsInt(), output.rowShape()));
      graph.outputs().put(output.name(), fetched.output());
    }
  }

  private static boolean isText(GraphNode node) {
    return node.is("Placeholder") && !TokenInput.isName(node.name()) && !RowInputs.is(node);
  }

  private NodeOutput rowInput(int value, List<Integer> rowShape) {
    values.add(value);
    return RowInputs.placeholder(firstPlace + values.size() - 1, DataType.DT_STRING, rowShape)
        .output();
  }
}
