package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.tensorflow.proto.DataType;

/**
 * A graph whose parts are recognised, ready to be lowered to what a machine runs fastest.
 *
 * @param graph in TensorFlow's ops and those of {@link Ops}
 * @param matches how often each pass matched, in order
 * @param left in how many places a pass's pattern was missed, for the passes where it was: those
 *     parts stay as they were exported
 */
public record Encoder(FlatGraph graph, Map<String, Integer> matches, Map<String, Integer> left) {

  private static final List<Supplier<Pass>> PASSES =
      List.of(
          MergeDuplicates::new,
          RecogniseEmbedding::new,
          RecogniseLayerNorm::new,
          RecogniseDense::new,
          RecogniseGelu::new,
          RecogniseAttention::new,
          FirstTokenOnly::new,
          PackRows::new);

  /** Runs the passes over {@code graph}, which is changed. */
  public static Encoder recognise(FlatGraph graph) {
    Map<String, Integer> matches = new LinkedHashMap<>();
    List<Pass> passes = PASSES.stream().map(Supplier::get).toList();
    passes.forEach(pass -> matches.put(pass.name(), pass.apply(graph)));
    Map<String, Integer> left = new LinkedHashMap<>();
    for (Pass pass : passes) {
      int count = pass.leftIn(graph);
      if (count > 0) {
        left.put(pass.name(), count);
      }
    }
    return new Encoder(graph, matches, left);
  }

  /**
   * The graph in TensorFlow's ops alone.
   *
   * @param type number format in which token tensors are computed
   * @param target whose ops it may hold
   */
  public FlatGraph lower(DataType type, Target target) {
    if (target != Target.ONE_DNN_IN_HALVES) {
      return Lowering.lower(graph, type, target);
    }
    FlatGraph halved = graph.copy();
    new InHalves().apply(halved);
    return Lowering.lower(halved, type, target);
  }
}
