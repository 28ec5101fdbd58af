package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.OutputSpec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;

/**
 * Prepares the text signatures of a model as one graph, so that one run of the encoder serves all
 * of them. A signature that would need a run of its own is left out.
 */
final class SharedSignatures {

  private static final Logger LOG = LoggerFactory.getLogger(SharedSignatures.class);

  /** Most values that other signatures may add to a row: all of them are computed and cached. */
  private static final int MAX_ADDED_VALUES = 1_024;

  /** Prepares one signature of a model. */
  interface Preparation {
    PreparedModel prepare(SavedModel model, SignatureChoice choice) throws IOException;
  }

  private final SavedModel model;
  private final SignatureChoice usual;
  private final Preparation preparation;

  SharedSignatures(SavedModel model, SignatureChoice usual, Preparation preparation) {
    this.model = model;
    this.usual = usual;
    this.preparation = preparation;
  }

  /** The usual signature, and each other one that costs next to nothing beside it. */
  PreparedModel prepare() throws IOException {
    PreparedModel alone = preparation.prepare(model, usual);
    PreparedModel shared = alone;
    List<SignatureChoice> candidates = model.othersThan(usual);
    if (candidates.isEmpty()) {
      return alone;
    }
    Encoder encoder = alone.recognised();
    List<SignatureChoice> others = new ArrayList<>();
    for (SignatureChoice other : candidates) {
      others.add(other);
      try {
        PreparedModel more = preparation.prepare(joined(others), unionOf(others));
        requireOneEncoder(alone, encoder, more);
        shared = split(more, others);
      } catch (UnsupportedModelException e) {
        LOG.info("signature {}: not served: {}", other.name(), e.getMessage());
        others.remove(other);
      }
    }
    return shared;
  }

  /** The model with the inputs of {@code others} replaced by those of the usual signature. */
  private SavedModel joined(List<SignatureChoice> others) {
    Map<String, String> sources = new HashMap<>();
    for (SignatureChoice other : others) {
      inputsOf(usual, other)
          .forEach(
              (name, same) ->
                  sources.put(
                      SavedModel.nodeName(other.definition().getInputsOrThrow(name).getName()),
                      usual.definition().getInputsOrThrow(same).getName()));
    }
    GraphDef.Builder graph = model.meta().getGraphDef().toBuilder();
    for (NodeDef.Builder node : graph.getNodeBuilderList()) {
      String source = sources.get(node.getName());
      if (source != null && !SavedModel.nodeName(source).equals(node.getName())) {
        node.setOp("Identity").clearInput().addInput(source);
      }
    }
    MetaGraphDef meta = model.meta().toBuilder().setGraphDef(graph).build();
    return new SavedModel(model.folder(), meta);
  }

  private SignatureChoice unionOf(List<SignatureChoice> others) {
    SignatureDef.Builder union = usual.definition().toBuilder();
    for (SignatureChoice other : others) {
      other
          .definition()
          .getOutputsMap()
          .forEach((output, tensor) -> union.putOutputs(key(other, output), tensor));
    }
    return new SignatureChoice(usual.name(), union.build());
  }

  /** The usual signature's input for each of {@code other}. */
  private static Map<String, String> inputsOf(SignatureChoice usual, SignatureChoice other) {
    return usual.inputsOf(other.definition()).orElseThrow();
  }

  private static String key(SignatureChoice signature, String output) {
    return signature.name() + "/" + output;
  }

  private static void requireOneEncoder(PreparedModel alone, Encoder encoder, PreparedModel more) {
    Encoder shared = more.recognised();
    boolean same =
        tokenProducts(more) == tokenProducts(alone)
            && more.lengths(shared).equals(alone.lengths(encoder))
            && shared.packsRows() == encoder.packsRows()
            && more.signature().inputs().equals(alone.signature().inputs());
    if (!same) {
      throw new UnsupportedModelException(
          "needs runs of its own (expected: outputs of the same encoder as signature "
              + alone.signatureName()
              + ", in rows as short; serve it alone with --signature)");
    }
    int added = values(more) - values(alone);
    if (added > MAX_ADDED_VALUES) {
      throw new UnsupportedModelException(
          added
              + " values a row (expected: at most "
              + MAX_ADDED_VALUES
              + " beside signature "
              + alone.signatureName()
              + "; serve it alone with --signature)");
    }
  }

  /** Number of products within attention and of token tensors. */
  private static long tokenProducts(PreparedModel model) {
    return model.graph().nodes().stream()
        .filter(node -> node.is("Einsum") || node.is("BatchMatMulV2"))
        .count();
  }

  private static int values(PreparedModel model) {
    return model.outputs().stream().mapToInt(OutputSpec::rowSize).sum();
  }

  /** Tells the outputs of the signatures apart; those that are one tensor are computed once. */
  private PreparedModel split(PreparedModel union, List<SignatureChoice> others) {
    Map<String, Integer> columns = new HashMap<>();
    Map<NodeOutput, Integer> columnOf = new HashMap<>();
    Map<String, NodeOutput> tensors = new LinkedHashMap<>();
    List<OutputSpec> outputs = new ArrayList<>();
    for (OutputSpec output : union.outputs()) {
      NodeOutput tensor = union.graph().outputs().get(output.name());
      Integer known = columnOf.putIfAbsent(tensor, outputs.size());
      columns.put(output.name(), known == null ? outputs.size() : known);
      if (known == null) {
        tensors.put(output.name(), tensor);
        outputs.add(output);
      }
    }
    List<NamedSignature> signatures = new ArrayList<>();
    signatures.add(named(usual, "", union, columns));
    for (SignatureChoice other : others) {
      signatures.add(named(other, key(other, ""), union, columns));
    }
    return union.with(signatures, outputs, new FlatGraph(tensors));
  }

  private NamedSignature named(
      SignatureChoice choice, String prefix, PreparedModel union, Map<String, Integer> columns) {
    Map<String, String> names = new HashMap<>();
    inputsOf(usual, choice).forEach((own, same) -> names.put(same, own));
    List<OutputSpec> outputs = new ArrayList<>();
    List<Integer> ofSignature = new ArrayList<>();
    for (OutputSpec output : union.signature().outputs()) {
      String name = output.name();
      if (name.startsWith(prefix)
          && choice.definition().containsOutputs(name.substring(prefix.length()))) {
        outputs.add(output.called(name.substring(prefix.length())));
        if (output.isComputed()) {
          ofSignature.add(columns.get(name));
        }
      }
    }
    ModelSignature signature = new ModelSignature(union.signature().inputs(), outputs);
    return new NamedSignature(choice.name(), signature.withInputsCalled(names), ofSignature);
  }
}
