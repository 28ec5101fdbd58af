package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.DataType;

/** The chain of passes, and what each of them found. */
public final class Rewriter {

  private Rewriter() {}

  /**
   * A graph in its fastest form.
   *
   * @param graph to be run
   * @param matches how often each pass matched, in order
   */
  public record Rewritten(FlatGraph graph, Map<String, Integer> matches) {}

  /**
   * Rewrites {@code graph}, which is used up.
   *
   * @param type number format in which token tensors are computed
   * @param oneDnn whether the CPU's fused ops may be used
   */
  public static Rewritten rewrite(FlatGraph graph, DataType type, boolean oneDnn) {
    Map<String, Integer> matches = new LinkedHashMap<>();
    for (Pass pass :
        List.of(
            new MergeDuplicates(),
            new RecogniseEmbedding(),
            new RecogniseLayerNorm(),
            new RecogniseGelu(),
            new RecogniseDense(),
            new RecogniseAttention(),
            new FirstTokenOnly())) {
      matches.put(pass.name(), pass.apply(graph));
    }
    return new Rewritten(Lowering.lower(graph, type, oneDnn), matches);
  }
}
