package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.HalfPrecision;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.text.TextProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;

/** A SavedModel on disk to a {@link PreparedModel}: flatten, cut the text half, freeze. */
public final class ModelPreparer {

  /** Name of the text of a model that takes token ids. */
  private static final String ADDED_TEXT = "text";

  private final SavedModel model;
  private final SignatureChoice choice;
  private final SignatureDef signature;
  private final GraphFlattener flattener;

  private ModelPreparer(SavedModel model, Optional<String> signatureName) {
    this.model = model;
    this.choice = model.signature(signatureName);
    this.signature = choice.definition();
    this.flattener = new GraphFlattener(model.meta().getGraphDef());
  }

  /**
   * Prepares the SavedModel in {@code folder}, or opens the prepared model that it is.
   *
   * @param signature name of the signature; empty for the usual or the only one
   * @param added how to make ids of text where the model takes ids; empty where it takes text, and
   *     where Hugging Face's files lie beside it
   * @throws UnsupportedModelException where it is not one that can be served; one line tells why
   */
  public static PreparedModel prepare(
      Path folder, Optional<String> signature, Optional<AddedTokenizer> added) throws IOException {
    if (PreparedFolder.is(folder)) {
      return PreparedFolder.read(folder, signature);
    }
    ModelPreparer preparer = new ModelPreparer(SavedModel.read(folder), signature);
    if (added.isPresent()) {
      return preparer.prepare(added.get());
    }
    Optional<Path> huggingFace = ModelLayout.tokenizerFolder(folder);
    return preparer.choice.takesIds() && huggingFace.isPresent()
        ? preparer.prepareIds(huggingFace.get())
        : preparer.prepare();
  }

  /** The same, of a model that takes text. */
  public static PreparedModel prepare(Path folder) throws IOException {
    return prepare(folder, Optional.empty(), Optional.empty());
  }

  private PreparedModel prepare() throws IOException {
    TextSignature.requireText(signature);
    List<OutputSpec> outputs = SignatureOutputs.of(signature);
    FlatGraph graph = flatGraph(outputs);
    Map<TokenInput, GraphNode> packings = new TextCut(graph).cut();
    GraphNode wordIds = packings.get(TokenInput.WORD_IDS);
    if (wordIds == null) {
      throw TextRefusal.of(
          model.folder() + ": no ops that pad token ids (expected: BERT preprocessing)");
    }
    TokenizerReader.TextReading reading =
        new TokenizerReader(this::vocabularyOf, this::inputOf).read(wordIds);
    freeze(graph, Checkpoint.open(model.folder()));
    Map<TokenInput, String> cutPoints = new TreeMap<>();
    packings.forEach((input, packing) -> cutPoints.put(input, packing.name()));
    return prepared(
        graph,
        new ModelSignature(reading.inputs(), outputs),
        reading.program(),
        reading.source(),
        cutPoints);
  }

  private PreparedModel prepare(AddedTokenizer added) throws IOException {
    EncoderInputs inputs = EncoderInputs.of(signature);
    int length = inputs.sequenceLength(added.sequenceLength());
    return prepare(
        inputs, length, checkpoint -> StandardTokenizer.of(added, length, model, checkpoint));
  }

  /** Of a model that takes token ids, by the tokenizer whose files are in {@code huggingFace}. */
  private PreparedModel prepareIds(Path huggingFace) throws IOException {
    EncoderInputs inputs = EncoderInputs.of(signature);
    TokenSource.HuggingFace source = TokenSource.HuggingFace.read(huggingFace, inputs);
    return prepare(inputs, source.sequenceLength(), checkpoint -> source);
  }

  /** What makes ids of text, of a model whose checkpoint may say more of it. */
  private interface Source {
    TokenSource of(Checkpoint checkpoint) throws IOException;
  }

  private PreparedModel prepare(EncoderInputs inputs, int length, Source tokens)
      throws IOException {
    List<OutputSpec> outputs = SignatureOutputs.of(signature, OptionalInt.of(length));
    FlatGraph graph = flatGraph(outputs);
    Checkpoint checkpoint = Checkpoint.open(model.folder());
    freeze(graph, checkpoint);
    Map<TokenInput, String> cutPoints = inputs.replace(graph, flattener::tensor);
    TokenSource source = tokens.of(checkpoint);
    return prepared(
        graph,
        new ModelSignature(List.of(ADDED_TEXT), outputs),
        TextProgram.unchanged(1),
        source,
        cutPoints);
  }

  private void freeze(FlatGraph graph, Checkpoint checkpoint) throws IOException {
    new VariableFreezer(checkpoint, flattener.nodesRunBy(model.restoreNode(), "AssignVariableOp"))
        .freeze(graph);
    HalfPrecision.remove(graph);
  }

  private PreparedModel prepared(
      FlatGraph graph,
      ModelSignature texts,
      TextProgram program,
      TokenSource source,
      Map<TokenInput, String> cutPoints)
      throws IOException {
    LoadedTokenizer loaded = VocabularyCheck.load(source, graph);
    return new PreparedModel(
        choice.name(),
        graph,
        TokenInput.readBy(graph),
        texts,
        new TokenizerFacts(program, source, loaded),
        cutPoints,
        PaddingProof.lengths(graph, source.sequenceLength()),
        EncoderFacts.of(graph),
        Reference.NONE,
        Calibration.NONE);
  }

  private FlatGraph flatGraph(List<OutputSpec> outputs) {
    Map<String, NodeOutput> tensors = new LinkedHashMap<>();
    for (OutputSpec output : outputs) {
      TensorInfo tensor = signature.getOutputsOrThrow(output.name());
      NodeOutput answer = asFloat(output, flattener.tensor(tensor.getName()), tensor);
      tensors.put(output.name(), tensors.containsValue(answer) ? copy(output, answer) : answer);
    }
    return new FlatGraph(tensors);
  }

  /** TensorFlow's Java API fetches a tensor once. */
  private static NodeOutput copy(OutputSpec output, NodeOutput tensor) {
    GraphNode copy = new GraphNode("output/" + output.name() + "/copy", "Identity");
    copy.setType("T", DataType.DT_FLOAT);
    copy.inputs().add(tensor);
    return copy.output();
  }

  /** Answers leave the graph as float32, which holds whole numbers up to 2^24. */
  private static NodeOutput asFloat(OutputSpec output, NodeOutput tensor, TensorInfo info) {
    if (info.getDtype() == DataType.DT_FLOAT) {
      return tensor;
    }
    GraphNode cast = new GraphNode("output/" + output.name() + "/cast", "Cast");
    cast.setType("SrcT", info.getDtype());
    cast.setType("DstT", DataType.DT_FLOAT);
    cast.inputs().add(tensor);
    return cast.output();
  }

  private String inputOf(GraphNode placeholder) {
    for (var input : signature.getInputsMap().entrySet()) {
      if (flattener.tensor(input.getValue().getName()).node() == placeholder) {
        return input.getKey();
      }
    }
    throw new UnsupportedModelException(
        "node "
            + placeholder.name()
            + ": not an input of the signature (expected: one of "
            + signature.getInputsMap().keySet()
            + ")");
  }

  private Path vocabularyOf(GraphNode table) {
    for (GraphNode fill : flattener.nodesRunBy(model.initNode(), "InitializeTableFromTextFileV2")) {
      if (fill.input(0).node() == table) {
        long key = fill.attribute("key_index").getI();
        long value = fill.attribute("value_index").getI();
        if (key != -2 || value != -1) {
          throw new UnsupportedModelException(
              "node "
                  + fill.name()
                  + ": key_index "
                  + key
                  + ", value_index "
                  + value
                  + " (expected: -2, the line, and -1, its number)");
        }
        return model.asset(fileOf(fill.input(1).node()));
      }
    }
    throw new UnsupportedModelException(
        "node " + table.name() + ": no file fills it (expected: a vocabulary among the assets)");
  }

  /** The asset placeholder behind a file name, which may be kept in a variable. */
  private GraphNode fileOf(GraphNode name) {
    if (!name.is("ReadVariableOp")) {
      return name;
    }
    for (GraphNode assignment : flattener.topNodes("AssignVariableOp")) {
      if (assignment.input(0).node() == name.input(0).node()) {
        return assignment.input(1).node();
      }
    }
    return name;
  }
}
