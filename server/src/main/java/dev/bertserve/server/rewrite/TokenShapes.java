package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Restores exported shapes of matrices, [tokens, width], from the [rows, length] of a batch. */
final class TokenShapes {

  private final Emitter emit;
  private final Supplier<NodeOutput> ids;
  private @Nullable GraphNode dimensions;

  /** {@code ids} returns any tensor of [rows, length]. */
  TokenShapes(Emitter emit, Supplier<NodeOutput> ids) {
    this.emit = emit;
    this.ids = ids;
  }

  /** Any input of {@code graph} that is [rows, length]. */
  static NodeOutput anyTokenInput(FlatGraph graph) {
    return graph.nodes().stream()
        .filter(node -> node.is("Placeholder"))
        .map(GraphNode::output)
        .filter(input -> new TensorShapes(0).isOfTokens(input, 2))
        .findFirst()
        .orElseThrow(
            () -> new IllegalStateException("graph: no placeholder (expected: token inputs)"));
  }

  NodeOutput rows() {
    return dimensions().output();
  }

  NodeOutput length() {
    return new NodeOutput(dimensions(), "", 1);
  }

  /** The matrix of {@code tensor} in the exported shape of the tensor. */
  NodeOutput exportedShape(NodeOutput tensor, NodeOutput matrix) {
    int heads = TokenTensor.heads(tensor);
    boolean first = TokenTensor.isFirstOnly(tensor);
    if (first && heads == 0) {
      return matrix;
    }
    int width = TokenTensor.width(tensor);
    if (heads == 0) {
      return tokens(matrix, width);
    }
    NodeOutput shape =
        first
            ? emit.integers(-1, heads, width / heads)
            : emit.pack(rows(), length(), emit.integer(heads), emit.integer(width / heads));
    return emit.op("Reshape", matrix, shape);
  }

  /** The first token of each row, [rows, width]. */
  NodeOutput firstTokens(NodeOutput matrix, int width) {
    GraphNode slice =
        emit.node(
            "StridedSlice",
            tokens(matrix, width),
            emit.integers(0, 0, 0),
            emit.integers(0, 1, 0),
            emit.integers(1, 1, 1));
    slice.attributes().put("begin_mask", Match.number(5));
    slice.attributes().put("end_mask", Match.number(5));
    slice.attributes().put("shrink_axis_mask", Match.number(2));
    return slice.output();
  }

  /** [length, width] repeated to [rows, length, width]. */
  NodeOutput repeatForEachRow(NodeOutput positions, int width) {
    return emit.op("BroadcastTo", positions, emit.pack(rows(), length(), emit.integer(width)));
  }

  private NodeOutput tokens(NodeOutput matrix, int width) {
    return emit.op("Reshape", matrix, emit.pack(rows(), length(), emit.integer(width)));
  }

  private GraphNode dimensions() {
    GraphNode known = dimensions;
    if (known == null) {
      known = emit.node("Unpack", emit.op("Shape", ids.get()));
      known.attributes().put("num", Match.number(2));
      dimensions = known;
    }
    return known;
  }
}
