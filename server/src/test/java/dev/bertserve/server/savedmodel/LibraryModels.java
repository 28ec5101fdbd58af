package dev.bertserve.server.savedmodel;

import dev.bertserve.server.fixture.Archive;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.HalfPrecision;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.preprocessing.TokenInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tensorflow.proto.TensorInfo;

/**
 * The encoders in the test resources that other libraries exported; made by make_library_models.py.
 */
public final class LibraryModels {

  /** The length of rows as exported; KerasHub's square one has another. */
  private static final int LENGTH = 40;

  private static final Path FOLDER = Archive.unpack("/models/libraries.tar.xz");

  private LibraryModels() {}

  /** The length that all rows of model {@code name} are padded to. */
  public static int length(String name) {
    return name.endsWith("square") ? 32 : LENGTH;
  }

  /** Known answers, a JSON object for each row. */
  public static List<String> goldens(String name) throws IOException {
    return Files.readAllLines(FOLDER.resolve(name).resolve("goldens.jsonl"));
  }

  /** The flat graph of model {@code name}, in float32, with the inputs of prepared graphs. */
  public static FlatGraph graph(String name) throws IOException {
    SavedModel model = SavedModel.read(FOLDER.resolve(name));
    GraphFlattener flattener = new GraphFlattener(model.meta().getGraphDef());
    Map<String, NodeOutput> outputs = new LinkedHashMap<>();
    model
        .signature(Optional.empty())
        .definition()
        .getOutputsMap()
        .forEach((output, tensor) -> outputs.put(output, flattener.tensor(tensor.getName())));
    FlatGraph graph = new FlatGraph(outputs);
    new VariableFreezer(
            Checkpoint.open(model.folder()),
            flattener.nodesRunBy(model.restoreNode(), "AssignVariableOp"),
            List.of())
        .freeze(graph);
    Map<GraphNode, NodeOutput> inputs = new HashMap<>();
    for (Map.Entry<String, TensorInfo> input :
        model.signature(Optional.empty()).definition().getInputsMap().entrySet()) {
      inputs.put(
          flattener.tensor(input.getValue().getName()).node(),
          role(input.getKey()).placeholder(input.getValue().getDtype()));
    }
    graph.replaceReads(tensor -> inputs.getOrDefault(tensor.node(), tensor));
    HalfPrecision.remove(graph);
    return graph;
  }

  private static TokenInput role(String input) {
    if (input.contains("mask")) {
      return TokenInput.MASK;
    }
    return input.contains("type") || input.contains("segment")
        ? TokenInput.TYPE_IDS
        : TokenInput.WORD_IDS;
  }
}
