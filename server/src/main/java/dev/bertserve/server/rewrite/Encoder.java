package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;

/**
 * A graph with recognised parts, ready to be lowered for a target.
 *
 * @param graph consists of TensorFlow's ops and those of {@link Ops}
 * @param matches how often each pass matched, in order
 * @param missed number of parts that look like a pass's pattern but do not match it, for each pass
 *     with such parts; they stay as exported
 */
public record Encoder(FlatGraph graph, Map<String, Integer> matches, Map<String, Integer> missed) {

  /** Runs the passes over {@code graph}, whose rows are all tokens, and changes it. */
  public static Encoder recognise(FlatGraph graph) {
    return recognise(graph, 0, RowPacking.OF_TOKENS);
  }

  /** The same, if {@code graph} is only run with rows of {@code fixedLength}; 0 for any length. */
  public static Encoder recognise(FlatGraph graph, int fixedLength, RowPacking packing) {
    List<Pass> passes = new ArrayList<>(passes(fixedLength));
    if (packing != RowPacking.NONE) {
      passes.add(new PackRows(packing));
    }
    return recognise(graph, passes);
  }

  private static List<Pass> passes(int fixedLength) {
    return List.of(
        new MergeDuplicates(),
        new CanonicalForms(new TensorShapes(fixedLength)),
        new RecogniseEmbedding(new TensorShapes(fixedLength)),
        new RecogniseLayerNorm(new TensorShapes(fixedLength)),
        new RecogniseDense(),
        new RecogniseGelu(new TensorShapes(fixedLength)),
        new RecogniseAttention(new TensorShapes(fixedLength)),
        new FirstTokenOnly());
  }

  private static Encoder recognise(FlatGraph graph, List<Pass> passes) {
    Map<String, Integer> matches = new LinkedHashMap<>();
    passes.forEach(pass -> matches.put(pass.name(), pass.apply(graph)));
    Map<String, Integer> missed = new LinkedHashMap<>();
    for (Pass pass : passes) {
      int count = pass.missedIn(graph);
      if (count > 0) {
        missed.put(pass.name(), count);
      }
    }
    return new Encoder(graph, matches, missed);
  }

  /** Number of values in the state of a token; 0 if no attention is recognised. */
  public int width() {
    return graph.nodes().stream()
        .filter(node -> node.is(Ops.ATTENTION))
        .mapToInt(attention -> TokenTensor.width(attention.output()))
        .max()
        .orElse(0);
  }

  /** Number of attention heads of a layer; 0 if no attention is recognised. */
  public int heads() {
    return graph.nodes().stream()
        .filter(node -> node.is(Ops.ATTENTION))
        .mapToInt(attention -> TokenTensor.heads(attention.output()))
        .max()
        .orElse(0);
  }

  /** Whether several rows share one sequence, and so may have any length. */
  public boolean packsRows() {
    return !PackedInput.readBy(graph).isEmpty();
  }

  /**
   * The graph in TensorFlow's ops only; this one stays as it is.
   *
   * @param type the compute type: number type of token tensors
   * @param target the set of ops that the result may use
   */
  public FlatGraph lower(DataType type, Target target) {
    return Lowering.lower(cut(target), type, target);
  }

  /** The graph with products in 8 bits: those of {@code scope}, as {@code calibration} says. */
  public Encoder inInt8(Calibration calibration, Int8Scope scope) {
    FlatGraph quantised = graph.copy();
    new InInt8(calibration, scope).apply(quantised);
    FiniteWeights.require(quantised);
    return quantised(quantised);
  }

  /** A graph that {@link #inInt8} has made. */
  public static Encoder quantised(FlatGraph graph) {
    return new Encoder(graph, Map.of(), Map.of());
  }

  /**
   * A {@link #quantised} graph in oneDNN's ops.
   *
   * @param attentionType number type of attention; everything else is float32
   * @param target {@link Target#ONE_DNN}, whole or in halves
   */
  public FlatGraph lowerInInt8(DataType attentionType, Target target) {
    return Lowering.lowerInInt8(cut(target), attentionType);
  }

  /** The graph, or a copy with layers in halves. */
  private FlatGraph cut(Target target) {
    if (target != Target.ONE_DNN_IN_HALVES) {
      return graph;
    }
    FlatGraph halved = graph.copy();
    new InHalves().apply(halved);
    return halved;
  }

  /** The graph that shows what the products read. */
  public CalibrationGraph calibrationGraph() {
    return new CalibrationGraph(graph);
  }
}
