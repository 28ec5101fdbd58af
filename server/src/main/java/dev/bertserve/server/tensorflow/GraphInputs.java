package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.rewrite.Bypass;
import dev.bertserve.server.rewrite.PackedInput;
import dev.bertserve.server.savedmodel.TokenInput;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;
import java.util.function.BiConsumer;
import org.tensorflow.Tensor;
import org.tensorflow.types.TBool;

/** The placeholders of a graph, and what a batch feeds them. */
final class GraphInputs {

  private final List<TokenInput> ofTokens;
  private final List<PackedInput> ofPackedRows;
  private final boolean hasBypass;

  /** Those of {@code graph}. */
  GraphInputs(FlatGraph graph) {
    ofTokens = List.copyOf(TokenInput.readBy(graph));
    ofPackedRows = List.copyOf(PackedInput.readBy(graph));
    hasBypass = Bypass.isIn(graph);
  }

  /**
   * Makes one tensor after the other, and gives it with its placeholder's name to {@code fed}, who
   * closes it. {@code bypass} is taken where there is one.
   */
  void forEach(BatchPlan<TokenIds> batch, boolean bypass, BiConsumer<String, Tensor> fed) {
    for (TokenInput input : ofTokens) {
      fed.accept(input.tensorName(), TensorMarshaller.toTensor(input, batch));
    }
    for (PackedInput input : ofPackedRows) {
      fed.accept(input.tensorName(), TensorMarshaller.toTensor(input, batch));
    }
    if (hasBypass) {
      fed.accept(Bypass.TAKEN, TBool.scalarOf(bypass));
    }
  }
}
