package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Duplicates;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.HalfPrecision;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.huggingface.TokenizerFolder;
import dev.bertserve.server.prepared.PreparedFolder;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.preprocessing.TextHalf;
import dev.bertserve.server.preprocessing.TextProgramReader;
import dev.bertserve.server.preprocessing.TextRefusal;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.preprocessing.TokenizerFacts;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.text.TextProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;

/** A SavedModel on disk to a {@link PreparedModel}: flatten, cut the text half, freeze. */
public final class ModelPreparer {

  /** Of a model that takes token ids: a text, or a pair, named as by Hugging Face's tokenizers. */
  private static final List<InputSpec> ADDED_TEXTS =
      List.of(InputSpec.text("text"), InputSpec.optionalText("text_pair"));

  private final SavedModel model;
  private final SignatureChoice choice;
  private final GraphFlattener flattener;
  private final TableFillings tables;

  private ModelPreparer(SavedModel model, SignatureChoice choice) {
    this.model = model;
    this.choice = choice;
    this.flattener = new GraphFlattener(model.meta().getGraphDef());
    this.tables = new TableFillings(model, flattener);
  }

  /**
   * Prepares the SavedModel in {@code folder}, or opens the prepared model that it is.
   *
   * @param signature name of the signature; empty for the usual one
   * @param added how to make ids of text where the model takes ids; empty where it takes text, and
   *     where Hugging Face's files lie beside it
   * @throws UnsupportedModelException where it is not one that can be served; one line tells why
   */
  public static PreparedModel prepare(
      Path folder, Optional<String> signature, Optional<AddedTokenizer> added) throws IOException {
    if (PreparedFolder.is(folder)) {
      return PreparedFolder.read(folder, signature);
    }
    SavedModel model = SavedModel.read(folder);
    SignatureChoice choice = model.signature(signature);
    if (added.isPresent()) {
      return new ModelPreparer(model, choice).prepare(added.get());
    }
    Optional<Path> huggingFace = TokenizerFolder.of(folder);
    return choice.takesIds() && huggingFace.isPresent()
        ? new ModelPreparer(model, choice).prepareIds(huggingFace.get())
        : new SharedSignatures(model, model.textSignature(signature), ModelPreparer::prepareTexts)
            .prepare();
  }

  /** The same, of a model that takes text. */
  public static PreparedModel prepare(Path folder) throws IOException {
    return prepare(folder, Optional.empty(), Optional.empty());
  }

  private static PreparedModel prepareTexts(SavedModel model, SignatureChoice choice)
      throws IOException {
    return new ModelPreparer(model, choice).prepare();
  }

  private PreparedModel prepare() throws IOException {
    if (!choice.takesText()) {
      SignatureDef definition = choice.definition();
      definition.getInputsMap().keySet().stream()
          .sorted()
          .forEach(name -> SignatureInputs.text(definition, name));
    }
    FlatGraph exported = exported();
    InputNodes given =
        ExampleFeatures.replace(exported, InputNodes.of(choice.definition(), flattener));
    SignatureDef signature = given.signature();
    OutputGraph outputs =
        new OutputGraph(given, exported.outputs(), SignatureOutputs.of(signature));
    FlatGraph graph = outputs.graph();
    // A model that an export calls for each output tokenises each time.
    Duplicates.merge(graph);
    TextHalf textHalf =
        TextHalf.cut(graph, tables, given::name)
            .orElseThrow(
                () ->
                    TextRefusal.of(
                        model.folder()
                            + ": no ops that pad token ids (expected: BERT preprocessing)"));
    TextProgramReader texts = textHalf.texts();
    RowCounts.replace(graph, outputs.types());
    List<InputSpec> inputs = SignatureInputs.of(signature, texts.inputs());
    List<InputSpec> others = inputs.subList(texts.inputs().size(), inputs.size());
    readRowInputs(graph, given, others);
    OutputTexts outputTexts =
        new OutputTexts(
            texts, node -> SignatureInputs.text(signature, given.name(node)), others.size());
    outputTexts.replaceIn(graph, outputs.specs());
    freeze(graph, Checkpoint.open(model.folder()));
    return prepared(
        graph,
        new ModelSignature(inputs, outputs.specs(graph)),
        textHalf.program(outputTexts.values()),
        textHalf.source(),
        textHalf.cutPoints());
  }

  /** The graph of all outputs, as the model has them. */
  private FlatGraph exported() {
    Map<String, NodeOutput> tensors = new HashMap<>();
    choice
        .definition()
        .getOutputsMap()
        .forEach((name, output) -> tensors.put(name, flattener.tensor(output.getName())));
    return new FlatGraph(tensors);
  }

  /** Replaces the placeholders of {@code others} by {@link RowInputs}. */
  private static void readRowInputs(FlatGraph graph, InputNodes given, List<InputSpec> others) {
    Map<GraphNode, NodeOutput> placeholders = new HashMap<>();
    for (int place = 0; place < others.size(); place++) {
      InputSpec input = others.get(place);
      DataType type = given.signature().getInputsOrThrow(input.name()).getDtype();
      placeholders.put(
          Objects.requireNonNull(given.placeholders().get(input.name())),
          RowInputs.placeholder(place, type, input.rowShape()).output());
    }
    graph.replaceReads(tensor -> placeholders.getOrDefault(tensor.node(), tensor));
  }

  private PreparedModel prepare(AddedTokenizer added) throws IOException {
    EncoderInputs inputs = EncoderInputs.of(choice.definition());
    int length = inputs.sequenceLength(added.sequenceLength());
    return prepare(
        inputs, length, checkpoint -> StandardTokenizer.of(added, length, model, checkpoint));
  }

  /** Of a model that takes token ids, by the tokenizer whose files are in {@code huggingFace}. */
  private PreparedModel prepareIds(Path huggingFace) throws IOException {
    EncoderInputs inputs = EncoderInputs.of(choice.definition());
    TokenSource.HuggingFace source = inputs.tokenizer(huggingFace);
    return prepare(inputs, source.sequenceLength(), checkpoint -> source);
  }

  /** What makes ids of text, of a model whose checkpoint may say more of it. */
  private interface Source {
    TokenSource of(Checkpoint checkpoint) throws IOException;
  }

  private PreparedModel prepare(EncoderInputs inputs, int length, Source tokens)
      throws IOException {
    SignatureDef signature = choice.definition();
    OutputGraph outputs =
        new OutputGraph(
            new InputNodes(signature, Map.of()),
            exported().outputs(),
            SignatureOutputs.of(signature, OptionalInt.of(length)));
    FlatGraph graph = outputs.graph();
    Checkpoint checkpoint = Checkpoint.open(model.folder());
    freeze(graph, checkpoint);
    Map<TokenInput, String> cutPoints = inputs.replace(graph, flattener::tensor);
    TokenSource source = tokens.of(checkpoint);
    return prepared(
        graph,
        new ModelSignature(ADDED_TEXTS, outputs.specs(graph)),
        TextProgram.unchanged(ADDED_TEXTS.size()),
        source,
        cutPoints);
  }

  private void freeze(FlatGraph graph, Checkpoint checkpoint) throws IOException {
    List<GraphNode> writers =
        choice.definition().getOutputsMap().values().stream()
            .map(output -> SavedModel.nodeName(output.getName()))
            .distinct()
            .flatMap(name -> flattener.writersRunBy(name).stream())
            .toList();
    new VariableFreezer(
            checkpoint, flattener.nodesRunBy(model.restoreNode(), "AssignVariableOp"), writers)
        .freeze(graph);
    new LookupTables(tables).replace(graph);
    HalfPrecision.remove(graph);
  }

  private PreparedModel prepared(
      FlatGraph graph,
      ModelSignature texts,
      TextProgram program,
      TokenSource source,
      Map<TokenInput, String> cutPoints) {
    return PreparedModel.of(
        List.of(NamedSignature.only(choice.name(), texts)),
        texts.computed(),
        graph,
        TokenizerFacts.load(program, source, graph),
        cutPoints,
        Reference.NONE,
        Optional.empty());
  }
}
