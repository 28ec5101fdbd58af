package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.preprocessing.TokenizerFacts;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.RowPacking;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.OutputSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that stock TensorFlow can run: tokens in.
 *
 * @param signatures what users send and get; the first is used where they name none
 * @param outputs of the graph, in the order of the engine's columns
 * @param graph flat and frozen; its inputs are placeholders named by {@link TokenInput}
 * @param tokenInputs the placeholders that the graph reads
 * @param tokenizer how texts become tokens
 * @param cutPoints for each token input the op of the original graph that gave it
 * @param lengths that rows may be padded to in the exported graph
 * @param encoder facts for people
 * @param reference outputs of the graph for a few rows
 * @param quantised the graph in 8 bits
 */
public record PreparedModel(
    List<NamedSignature> signatures,
    List<OutputSpec> outputs,
    FlatGraph graph,
    Set<TokenInput> tokenInputs,
    TokenizerFacts tokenizer,
    Map<TokenInput, String> cutPoints,
    RowLengths lengths,
    EncoderFacts encoder,
    Reference reference,
    Optional<Quantised> quantised) {

  /** The model of {@code graph}; what the graph tells by itself is read from it. */
  public static PreparedModel of(
      List<NamedSignature> signatures,
      List<OutputSpec> outputs,
      FlatGraph graph,
      TokenizerFacts tokenizer,
      Map<TokenInput, String> cutPoints,
      Reference reference,
      Optional<Quantised> quantised) {
    return new PreparedModel(
        signatures,
        outputs,
        graph,
        TokenInput.readBy(graph),
        tokenizer,
        cutPoints,
        PaddingProof.lengths(graph, tokenizer),
        EncoderFacts.of(graph),
        reference,
        quantised);
  }

  /** The graph with recognised parts; this model keeps its own. */
  public Encoder recognised() {
    RowPacking packing = tokenizer.packing(graph);
    int fixedLength = packing == RowPacking.NONE ? lengths.most() : lengths.fixed();
    return Encoder.recognise(graph.copy(), fixedLength, packing);
  }

  /** The lengths that rows may be padded to in {@code encoder}, which is {@link #recognised}. */
  public RowLengths lengths(Encoder encoder) {
    return encoder.packsRows() ? new RowLengths(1, lengths.most()) : lengths;
  }

  /** Name of the signature that is used where users name none. */
  public String signatureName() {
    return signatures.get(0).name();
  }

  /** The signature that is used where users name none. */
  public ModelSignature signature() {
    return signatures.get(0).signature();
  }

  /**
   * Places of the inputs that the graph reads beside the texts, among {@link
   * ModelSignature#others}.
   */
  public List<Integer> rowInputs() {
    return List.copyOf(RowInputs.in(graph).keySet());
  }

  /** The same model with other signatures over {@code shared}. */
  public PreparedModel with(
      List<NamedSignature> signaturesOfShared, List<OutputSpec> outputsOfShared, FlatGraph shared) {
    return copy(signaturesOfShared, outputsOfShared, shared, reference, quantised);
  }

  /** The same model with known outputs of its graph. */
  public PreparedModel with(Reference known) {
    return copy(signatures, outputs, graph, known, quantised);
  }

  /** The same model with a graph in 8 bits. */
  public PreparedModel withQuantised(Optional<Quantised> inInt8) {
    return copy(signatures, outputs, graph, reference, inInt8);
  }

  private PreparedModel copy(
      List<NamedSignature> newSignatures,
      List<OutputSpec> newOutputs,
      FlatGraph newGraph,
      Reference newReference,
      Optional<Quantised> newQuantised) {
    return new PreparedModel(
        newSignatures,
        newOutputs,
        newGraph,
        tokenInputs,
        tokenizer,
        cutPoints,
        lengths,
        encoder,
        newReference,
        newQuantised);
  }

  /** The same model without the matrices that only its graph in float32 reads. */
  public PreparedModel inInt8Only() {
    Set<Object> read = new HashSet<>();
    FlatGraph inInt8 =
        quantised
            .map(Quantised::graph)
            .orElseThrow(
                () ->
                    new UnsupportedModelException(
                        "precision: int8 (expected: auto, as no product of a layer can run in 8"
                            + " bits)"));
    for (GraphNode node : inInt8.nodes()) {
      if (node.weight() != null) {
        read.add(node.weight().source());
      }
    }
    FlatGraph structure = graph.copy();
    structure.replaceReads(
        tensor -> isNeeded(tensor.node().weight(), read) ? tensor : leftOut(tensor.node()));
    return with(signatures, outputs, structure);
  }

  private static boolean isNeeded(@Nullable Weight weight, Set<Object> read) {
    return weight == null || weight.shape().size() < 2 || read.contains(weight.source());
  }

  private static NodeOutput leftOut(GraphNode constant) {
    Weight weight = Objects.requireNonNull(constant.weight());
    return new GraphNode(constant.name(), Weight.leftOut(weight.type(), weight.shape())).output();
  }

  /** Whether its graph can run in float32 and what is rounded from it. */
  public boolean hasFloats() {
    return graph.nodes().stream()
        .allMatch(node -> node.weight() == null || !node.weight().isLeftOut());
  }
}
