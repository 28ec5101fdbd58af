package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Recognises each lookup in an embedding table as one node: by gather, by one-hot matrix product,
 * or by position.
 */
final class RecogniseEmbedding implements Pass {

  @Override
  public String name() {
    return "embeddings";
  }

  @Override
  public int apply(FlatGraph graph) {
    return Match.replaceEach(graph, RecogniseEmbedding::rewrite);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return Match.count(
        graph,
        node ->
            (node.is("GatherV2") && Match.weight(node.input(0)) != null)
                || (node.is("MatMul") && Match.is(node.input(0), "OneHot"))
                || (node.is("StridedSlice") && Match.weight(node.input(0)) != null));
  }

  private static @Nullable GraphNode rewrite(GraphNode node) {
    if (node.is("Reshape")) {
      return lookUp(node);
    }
    return node.is("BroadcastTo") ? positions(node) : null;
  }

  /** The table rows of flattened ids, reshaped to [rows, length, width]. */
  private static @Nullable GraphNode lookUp(GraphNode reshape) {
    GraphNode lookUp = reshape.input(0).node();
    GraphNode shape = reshape.input(1).node();
    if (!shape.is("ConcatV2") || !Match.is(shape.input(0), "Shape")) {
      return null;
    }
    NodeOutput ids = shape.input(0).node().input(0);
    if (lookUp.is("GatherV2") && Match.weight(lookUp.input(0)) != null) {
      return isFlat(lookUp.input(1), ids)
          ? Match.node(Ops.EMBEDDING, reshape, lookUp.input(0), ids)
          : null;
    }
    if (!lookUp.is("MatMul") || !Match.is(lookUp.input(0), "OneHot")) {
      return null;
    }
    GraphNode oneHot = lookUp.input(0).node();
    Weight table = Match.weight(lookUp.input(1));
    return table != null
            && isFlat(oneHot.input(0), ids)
            && Constants.integer(oneHot.input(1)) == table.shape().get(0)
            && Match.isScalar(oneHot.input(2), 1)
            && Match.scalar(oneHot.input(3)) == 0
        ? Match.node(Ops.EMBEDDING, reshape, lookUp.input(1), ids)
        : null;
  }

  private static boolean isFlat(NodeOutput flat, NodeOutput ids) {
    return Match.is(flat, "Reshape") && flat.node().input(0).equals(ids);
  }

  /** The first rows of a table, one for each position, repeated for every row of the batch. */
  private static @Nullable GraphNode positions(GraphNode broadcast) {
    GraphNode reshape = broadcast.input(0).node();
    GraphNode shape = broadcast.input(1).node();
    if (!reshape.is("Reshape") || !shape.is("Shape")) {
      return null;
    }
    GraphNode slice = reshape.input(0).node();
    NodeOutput like = shape.input(0);
    if (!slice.is("StridedSlice")
        || Match.weight(slice.input(0)) == null
        || !Match.is(like, "Reshape")
        || slice.number("begin_mask") != 3
        || slice.number("end_mask") != 2
        || slice.number("shrink_axis_mask") != 0) {
      return null;
    }
    GraphNode end = slice.input(2).node();
    return end.is("Pack") && isLength(end.input(0), shape)
        ? Match.node(Ops.POSITIONS, broadcast, slice.input(0), like)
        : null;
  }

  /** Whether {@code tensor} is the length: element 1 of {@code shape}. */
  private static boolean isLength(NodeOutput tensor, GraphNode shape) {
    GraphNode slice = tensor.node();
    return slice.is("StridedSlice")
        && slice.input(0).node() == shape
        && List.of(1L).equals(List.of(Constants.integer(slice.input(1))));
  }
}
