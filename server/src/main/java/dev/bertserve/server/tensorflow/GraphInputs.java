package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.rewrite.PackedInput;
import dev.bertserve.server.serving.TokenRow;
import java.util.List;
import java.util.function.BiConsumer;
import org.tensorflow.Tensor;

/** The placeholders of a graph, and their tensors for a batch. */
final class GraphInputs {

  private final List<TokenInput> ofTokens;
  private final int paddingId;
  private final List<PackedInput> ofPackedRows;
  private final List<GraphNode> ofRows;

  /** Finds the placeholders of {@code graph}. */
  GraphInputs(FlatGraph graph) {
    ofTokens = List.copyOf(TokenInput.readBy(graph));
    paddingId = TokenInput.paddingId(graph);
    ofPackedRows = List.copyOf(PackedInput.readBy(graph));
    ofRows = List.copyOf(RowInputs.in(graph).values());
  }

  /** Whether ops read values of requests beside tokens, which they may reject. */
  boolean areValues() {
    return !ofRows.isEmpty();
  }

  /** Passes the name and the tensor of each placeholder to {@code fed}, which closes the tensor. */
  void forEach(BatchPlan<TokenRow> batch, BiConsumer<String, Tensor> fed) {
    for (TokenInput input : ofTokens) {
      int padding = input == TokenInput.WORD_IDS ? paddingId : 0;
      fed.accept(input.tensorName(), TensorMarshaller.toTensor(input, padding, batch));
    }
    for (PackedInput input : ofPackedRows) {
      fed.accept(input.tensorName(), TensorMarshaller.toTensor(input, batch));
    }
    for (int i = 0; i < ofRows.size(); i++) {
      fed.accept(ofRows.get(i).name(), TensorMarshaller.toTensor(ofRows.get(i), i, batch));
    }
  }
}
