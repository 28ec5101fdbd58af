package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import org.tensorflow.proto.DataType;

/** Lowers attention over [tokens, width] matrices to batched matrix products, one per head. */
final class AttentionLowering {

  private final Emitter emit;
  private final TokenShapes shapes;
  private final DataType scoreType;

  /** {@code scoreType} is the number type of masked scores and of softmax. */
  AttentionLowering(Emitter emit, TokenShapes shapes, DataType scoreType) {
    this.emit = emit;
    this.shapes = shapes;
    this.scoreType = scoreType;
  }

  /** Query, key and value as [rows, heads, positions, width of a head]. */
  record Projections(NodeOutput query, NodeOutput key, NodeOutput value) {}

  /** Splits one matrix of [tokens, 3 x width] into query, key and value. */
  Projections split(NodeOutput joined, int heads, int headWidth) {
    GraphNode parts = unpacked(joined, 3, heads, headWidth);
    return new Projections(
        parts.output(), new NodeOutput(parts, "", 1), new NodeOutput(parts, "", 2));
  }

  /** Splits [tokens, 2 x width] into key and value; the query of first tokens is [rows, width]. */
  Projections splitWithFirstQuery(NodeOutput query, NodeOutput joined, int heads, int headWidth) {
    GraphNode parts = unpacked(joined, 2, heads, headWidth);
    return new Projections(
        firstTokensByHead(query, heads, headWidth), parts.output(), new NodeOutput(parts, "", 1));
  }

  /** From three matrices of [tokens, width]; the query of first tokens is [rows, width]. */
  Projections separate(
      NodeOutput query, NodeOutput key, NodeOutput value, boolean first, int heads, int headWidth) {
    return new Projections(
        first ? firstTokensByHead(query, heads, headWidth) : byHead(query, heads, headWidth),
        byHead(key, heads, headWidth),
        byHead(value, heads, headWidth));
  }

  /**
   * The attention output of each position, [positions, width]; the query is scaled already.
   *
   * @param mixers of heads before the softmax, and after; or none
   */
  NodeOutput attend(
      Projections projections, NodeOutput penalty, List<NodeOutput> mixers, int heads, int width) {
    GraphNode products = emit.node("BatchMatMulV2", projections.query(), projections.key());
    products.attributes().put("adj_y", Match.flag(true));
    NodeOutput scores =
        mixers.isEmpty() ? products.output() : mixed(products.output(), mixers.get(0), heads);
    NodeOutput masked = emit.op("AddV2", emit.cast(scores, emit.type(), scoreType), penalty);
    NodeOutput ofHeads = emit.cast(emit.op("Softmax", masked), scoreType, emit.type());
    NodeOutput weights = mixers.isEmpty() ? ofHeads : mixed(ofHeads, mixers.get(1), heads);
    NodeOutput attended = emit.op("BatchMatMulV2", weights, projections.value());
    NodeOutput byPosition = emit.op("Transpose", attended, emit.integers(0, 2, 1, 3));
    return emit.op("Reshape", byPosition, emit.integers(-1, width));
  }

  /** {@code scores}, [rows, heads, positions, keys], with sums of all heads in place of each. */
  private NodeOutput mixed(NodeOutput scores, NodeOutput mixer, int heads) {
    NodeOutput shape = emit.pack(shapes.rows(), emit.integer(heads), emit.integer(-1));
    GraphNode mixed = emit.node("BatchMatMulV2", mixer, emit.op("Reshape", scores, shape));
    mixed.attributes().put("adj_x", Match.flag(true));
    return emit.op("Reshape", mixed.output(), emit.op("Shape", scores));
  }

  /** {@code penalty} where the mask, [rows, length], is 0; 0 where it is 1. */
  NodeOutput maskPenalty(NodeOutput mask, float penalty) {
    NodeOutput present = emit.cast(mask, DataType.DT_INT32, scoreType);
    NodeOutput absent = emit.op("Sub", emit.number(1, scoreType), present);
    NodeOutput penalties = emit.op("Mul", absent, emit.number(penalty, scoreType));
    return emit.op(
        "ExpandDims", emit.op("ExpandDims", penalties, emit.integer(1)), emit.integer(1));
  }

  /** {@code penalty} where query and key belong to different rows; 0 where to the same row. */
  NodeOutput otherRowPenalty(NodeOutput queryRows, NodeOutput keyRows, float penalty) {
    NodeOutput other = emit.op("NotEqual", queryRows, keyRows);
    NodeOutput others = emit.cast(other, DataType.DT_BOOL, scoreType);
    return emit.op("Mul", others, emit.number(penalty, scoreType));
  }

  /** Queries of first tokens, [rows, heads, first tokens per row, width of a head]. */
  private NodeOutput firstTokensByHead(NodeOutput query, int heads, int headWidth) {
    return byHead(query, emit.integer(-1), heads, headWidth);
  }

  private GraphNode unpacked(NodeOutput joined, int count, int heads, int headWidth) {
    NodeOutput shape =
        emit.pack(
            shapes.rows(),
            shapes.length(),
            emit.integer(count),
            emit.integer(heads),
            emit.integer(headWidth));
    NodeOutput shaped = emit.op("Reshape", joined, shape);
    NodeOutput byPart = emit.op("Transpose", shaped, emit.integers(2, 0, 3, 1, 4));
    GraphNode parts = emit.node("Unpack", byPart);
    parts.attributes().put("num", Match.number(count));
    return parts;
  }

  private NodeOutput byHead(NodeOutput matrix, int heads, int headWidth) {
    return byHead(matrix, shapes.length(), heads, headWidth);
  }

  private NodeOutput byHead(NodeOutput matrix, NodeOutput positions, int heads, int headWidth) {
    NodeOutput shape =
        emit.pack(shapes.rows(), positions, emit.integer(heads), emit.integer(headWidth));
    return emit.op("Transpose", emit.op("Reshape", matrix, shape), emit.integers(0, 2, 1, 3));
  }
}
