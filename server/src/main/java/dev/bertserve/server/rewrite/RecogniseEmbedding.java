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
    NodeOutput known = ofAnyLength(narrow(ids));
    return known == null ? null : Match.node(Ops.EMBEDDING, gather, gather.input(0), known);
  }

  /** Ids before they were widened, and narrowed again. */
  private static NodeOutput narrow(NodeOutput ids) {
    NodeOutput narrow = ids;
    while (Match.is(narrow, "Cast") && isInteger(narrow.node().attribute("SrcT").getType())) {
      narrow = narrow.node().input(0);
    }
    return narrow;
  }

  private static boolean isInteger(DataType type) {
    return type == DataType.DT_INT32 || type == DataType.DT_INT64;
  }

  /** {@code ids} as [rows, length], also where they write the length as a number; else null. */
  private @Nullable NodeOutput ofAnyLength(NodeOutput ids) {
    if (shapes.isOfTokens(ids, 2)) {
      return ids;
    }
    GraphNode fill = ids.node();
    List<Dimension> shape = shapes.of(ids);
    if (!fill.is("Fill")
        || !isInteger(fill.attribute("T").getType())
        || shape == null
        || shape.size() != 2
        || !shape.get(0).equals(Dimension.ROWS)
        || !shapes.isFixedLength(shape.get(1))
        || rows == null) {
      return null;
    }
    GraphNode sizes = new GraphNode(fill.name() + "/sizes", "Shape");
    sizes.inputs().add(rows);
    sizes.setType("T", DataType.DT_INT32);
    sizes.setType("out_type", DataType.DT_INT32);
    GraphNode same = new GraphNode(fill.name() + "/of_any_length", "Fill");
    same.inputs().addAll(List.of(sizes.output(), fill.input(1)));
    same.attributes().put("T", fill.attribute("T"));
    same.setType("index_type", DataType.DT_INT32);
    return same.output();
  }

  /** Whether {@code numbers} are 0, 1, 2, ... up to the length, along the last axis. */
  private boolean isCounting(NodeOutput numbers) {
    GraphNode node = numbers.node();
    List<Dimension> shape = shapes.of(numbers);
    if (shape == null || shape.isEmpty() || !shapes.isFixedLength(shape.get(shape.size() - 1))) {
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
            && shapes.isFixedLength(shape.get(shape.size() - 2))
            && !readers.isEmpty()
            && readers.stream()
                .allMatch(sum -> Match.isAdd(sum) && shapes.isOfTokens(sum.output(), 3));
    NodeOutput like = rows;
    return like != null && (whole || broadcast)
        ? Match.node(Ops.POSITIONS, origin, table, like)
        : null;
  }
}
