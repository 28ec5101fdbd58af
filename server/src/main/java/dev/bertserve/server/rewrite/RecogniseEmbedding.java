package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/**
 * Recognises each lookup in an embedding table as one node: by gather, by one-hot matrix product,
 * or by position.
 */
final class RecogniseEmbedding implements Pass {

  @Override
  public String name() {
    return "embeddings";
  }

  private final TensorShapes shapes;

  /** Any input, [rows, length]. */
  private @Nullable NodeOutput rows;

  RecogniseEmbedding(TensorShapes shapes) {
    this.shapes = shapes;
  }

  @Override
  public int apply(FlatGraph graph) {
    Map<GraphNode, Set<GraphNode>> readers = Match.readers(graph);
    GraphNode input =
        graph.nodes().stream()
            .filter(node -> node.is("Placeholder") && shapes.isOfTokens(node.output(), 2))
            .findFirst()
            .orElse(null);
    if (input == null) {
      return 0;
    }
    rows = input.output();
    return Match.replaceEach(graph, node -> rewrite(node, readers.getOrDefault(node, Set.of())));
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

  private @Nullable GraphNode rewrite(GraphNode node, Set<GraphNode> readers) {
    return switch (node.op()) {
      case "GatherV2" -> lookUp(node, readers);
      case "Reshape" -> Match.is(node.input(0), "MatMul") ? oneHot(node) : positions(node, readers);
      case "BroadcastTo", "ExpandDims", "Slice", "StridedSlice" -> positions(node, readers);
      default -> null;
    };
  }

  /** Rows of a table for ids of [rows, length], or for consecutive numbers from 0. */
  private @Nullable GraphNode lookUp(GraphNode gather, Set<GraphNode> readers) {
    Weight table = Match.weight(gather.input(0));
    if (table == null
        || table.shape().size() != 2
        || gather.number("batch_dims") != 0
        || TensorShapes.axis(gather.input(2), 2) != 0) {
      return null;
    }
    NodeOutput ids = gather.input(1);
    if (isCounting(ids)) {
      return ofEachRow(gather, gather.input(0), readers);
    }
    return shapes.isOfTokens(ids, 2)
        ? Match.node(Ops.EMBEDDING, gather, gather.input(0), narrow(ids))
        : null;
  }

  /** Ids before they were widened. */
  private static NodeOutput narrow(NodeOutput ids) {
    GraphNode cast = ids.node();
    return cast.is("Cast") && cast.attribute("SrcT").getType() == DataType.DT_INT32
        ? cast.input(0)
        : ids;
  }

  /** Whether {@code numbers} are 0, 1, 2, ... up to the length, along the last axis. */
  private boolean isCounting(NodeOutput numbers) {
    GraphNode node = numbers.node();
    List<Dimension> shape = shapes.of(numbers);
    if (shape == null || shape.isEmpty() || !shape.get(shape.size() - 1).equals(Dimension.LENGTH)) {
      return false;
    }
    return switch (node.op()) {
      case "Range" -> true;
      case "ExpandDims", "Reshape", "BroadcastTo", "Cast" -> isCounting(node.input(0));
      default -> false;
    };
  }

  private @Nullable GraphNode oneHot(GraphNode reshape) {
    GraphNode product = reshape.input(0).node();
    if (!Match.is(product.input(0), "OneHot")
        || !Match.is(product.input(0).node().input(0), "Reshape")) {
      return null;
    }
    GraphNode oneHot = product.input(0).node();
    Weight table = Match.weight(product.input(1));
    NodeOutput ids = oneHot.input(0).node().input(0);
    return table != null
            && shapes.isOfTokens(ids, 2)
            && shapes.isOfTokens(reshape.output(), 3)
            && Constants.integer(oneHot.input(1)) == table.shape().get(0)
            && Match.isScalar(oneHot.input(2), 1)
            && Match.scalar(oneHot.input(3)) == 0
        ? Match.node(Ops.EMBEDDING, reshape, product.input(1), narrow(ids))
        : null;
  }

  /** The first rows of a table, one for each position. */
  private @Nullable GraphNode positions(GraphNode node, Set<GraphNode> readers) {
    GraphNode slice = node;
    while (slice.op().matches("BroadcastTo|ExpandDims|Reshape")) {
      slice = slice.input(0).node();
    }
    if (!slice.op().matches("Slice|StridedSlice") || !isFromFirst(slice)) {
      return null;
    }
    Weight table = Match.weight(slice.input(0));
    List<Dimension> taken = shapes.of(slice.output());
    return table != null
            && table.shape().size() == 2
            && List.of(Dimension.LENGTH, Dimension.of(table.shape().get(1))).equals(taken)
        ? ofEachRow(node, slice.input(0), readers)
        : null;
  }

  /** Whether {@code slice} takes whole rows from the first one on. */
  private boolean isFromFirst(GraphNode slice) {
    // The shape of a strided slice is derived only if it starts with the first element.
    return slice.is("StridedSlice")
        || List.of(Dimension.of(0), Dimension.of(0)).equals(shapes.elements(slice.input(1)));
  }

  /**
   * A lookup by position, in place of a tensor of [rows, length, width], or of one that is
   * broadcast to that shape by its readers.
   */
  private @Nullable GraphNode ofEachRow(
      GraphNode origin, NodeOutput table, Set<GraphNode> readers) {
    List<Dimension> shape = shapes.of(origin.output());
    boolean whole = shapes.isOfTokens(origin.output(), 3);
    boolean broadcast =
        shape != null
            && shape.size() <= 3
            && shape.get(shape.size() - 2).equals(Dimension.LENGTH)
            && !readers.isEmpty()
            && readers.stream()
                .allMatch(sum -> Match.isAdd(sum) && shapes.isOfTokens(sum.output(), 3));
    NodeOutput like = rows;
    return like != null && (whole || broadcast)
        ? Match.node(Ops.POSITIONS, origin, table, like)
        : null;
  }
}
