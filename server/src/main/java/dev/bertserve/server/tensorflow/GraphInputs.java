package dev.bertserve.server.tensorflow;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.prepare.TokenInput;
import dev.bertserve.server.tensorflow.rewrite.Bypass;
import dev.bertserve.server.tensorflow.rewrite.PackedInput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Tensor;
import org.tensorflow.types.TBool;

/** The placeholders of a graph, and what a run of a tile feeds them. */
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

  /** Tensors by placeholder; the caller closes them. {@code bypass} is taken where there is one. */
  Map<String, Tensor> tensors(Tile tile, boolean bypass) {
    Map<String, Tensor> tensors = new HashMap<>();
    for (TokenInput input : ofTokens) {
      tensors.put(input.tensorName(), TensorMarshaller.toTensor(input, tile));
    }
    for (PackedInput input : ofPackedRows) {
      tensors.put(input.tensorName(), TensorMarshaller.toTensor(input, tile));
    }
    if (hasBypass) {
      tensors.put(Bypass.TAKEN, TBool.scalarOf(bypass));
    }
    return tensors;
  }
}
