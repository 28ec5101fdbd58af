package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;

/**
 * A graph whose parts are recognised, ready to be lowered to what a machine runs fastest.
 *
 * @param graph in TensorFlow's ops and those of {@link Ops}
 * @param matches how often each pass matched, in order
 */
public record Encoder(FlatGraph graph, Map<String, Integer> matches) {

  /** Runs the passes over {@code graph}, which is changed. */
  public static Encoder recognise(FlatGraph graph) {
    Map<String, Integer> matches = new LinkedHashMap<>();
    for (Pass pass :
        List.of(
            new MergeDuplicates(),
            new RecogniseEmbedding(),
            new RecogniseLayerNorm(),
            new RecogniseDense(),
            new RecogniseGelu(),
            new RecogniseAttention(),
            new FirstTokenOnly())) {
      matches.put(pass.name(), pass.apply(graph));
    }
    return new Encoder(graph, matches);
  }

  /**
   * The graph in TensorFlow's ops alone.
   *
   * @param type number format in which token tensors are computed
   * @param fused whether the fused ops of x86 CPUs may be used
   */
  public FlatGraph lower(DataType type, boolean fused) {
    return Lowering.lower(graph, type, fused);
  }
}
