package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Size of an encoder, for people; 0 where the graph does not tell.
 *
 * @param width values in one token's state
 * @param layers times that attention is computed
 * @param heads attention heads of a layer
 * @param weights number of trained values
 */
public record EncoderFacts(int width, int layers, int heads, long weights) {

  static EncoderFacts of(FlatGraph graph) {
    int width = 0;
    int heads = 0;
    long weights = 0;
    Set<GraphNode> attention = new HashSet<>();
    Set<GraphNode> counted = new HashSet<>();
    for (GraphNode node : graph.nodes()) {
      Weight weight = node.weight();
      if (weight != null && counted.add(node)) {
        weights += weight.count();
      }
      if (node.is("Einsum") || node.is("BatchMatMulV2")) {
        for (NodeOutput input : node.inputs()) {
          Weight projection = input.node().weight();
          GraphNode probabilities = input.node();
          if (probabilities.is("SelectV2")) {
            // Keras 3 takes those of padding away
            probabilities = probabilities.input(1).node();
          }
          if (probabilities.is("Softmax")) {
            attention.add(probabilities);
          } else if (projection != null && projection.shape().size() == 3 && heads == 0) {
            // a query projection: [width, heads, width of a head]
            List<Long> shape = projection.shape();
            width = Math.toIntExact(shape.get(0));
            heads = Math.toIntExact(shape.get(1));
          }
        }
      }
    }
    return new EncoderFacts(width, attention.size(), heads, weights);
  }
}
