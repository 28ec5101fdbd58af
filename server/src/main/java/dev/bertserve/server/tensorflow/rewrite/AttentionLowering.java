package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import org.tensorflow.proto.DataType;

/** Attention over [tokens, width] matrices, by batched matrix products for each head. */
final class AttentionLowering {

  private final Emitter emit;
  private final TokenShapes shapes;
  private final DataType scoreType;

  /** {@code scoreType} is the number format of masked scores and of softmax. */
  AttentionLowering(Emitter emit, TokenShapes shapes, DataType scoreType) {
    this.emit = emit;
    this.shapes = shapes;
    this.scoreType = scoreType;
  }

  /** Query, key and value as [rows, heads, positions, width of a head]. */
  record Projections(NodeOutput query, NodeOutput key, NodeOutput value) {}

  /** From one matrix of [tokens, 3 x width]: query, key, value. */
  Projections split(NodeOutput joined, int heads, int headWidth) {
    GraphNode parts = parts(joined, 3, heads, headWidth);
    return new Projections(
        parts.output(), new NodeOutput(parts, "", 1), new NodeOutput(parts, "", 2));
  }

  /** From a query of [rows, width], for first tokens, and [tokens, 2 x width]: key, value. */
  Projections firstOnly(NodeOutput query, NodeOutput joined, int heads, int headWidth) {
    GraphNode parts = parts(joined, 2, heads, headWidth);
    return new Projections(
        ofFirst(query, heads, headWidth), parts.output(), new NodeOutput(parts, "", 1));
  }

  /** From three matrices of [tokens, width]; the query's is of [rows, width] for first tokens. */
  Projections separate(
      NodeOutput query, NodeOutput key, NodeOutput value, boolean first, int heads, int headWidth) {
    return new Projections(
        first ? ofFirst(query, heads, headWidth) : byHead(query, heads, headWidth),
        byHead(key, heads, headWidth),
        byHead(value, heads, headWidth));
  }

  /** What each position sees, [positions, width]; the scale is in the query. */
  NodeOutput attend(Projections by, NodeOutput penalty, int width) {
    GraphNode scores = emit.node("BatchMatMulV2", by.query(), by.key());
    scores.attributes().put("adj_y", Match.flag(true));
    NodeOutput masked =
        emit.op("AddV2", emit.cast(scores.output(), emit.type(), scoreType), penalty);
    NodeOutput weights = emit.cast(emit.op("Softmax", masked), scoreType, emit.type());
    NodeOutput seen = emit.op("BatchMatMulV2", weights, by.value());
    NodeOutput byPosition = emit.op("Transpose", seen, emit.integers(0, 2, 1, 3));
    return emit.op("Reshape", byPosition, emit.integers(-1, width));
  }

  /** {@code penalty} where the mask, [rows, length], is 0, and 0 where it is 1. */
  NodeOutput absent(NodeOutput mask, float penalty) {
    NodeOutput present = emit.cast(mask, DataType.DT_INT32, scoreType);
    NodeOutput absent = emit.op("Sub", emit.number(1, scoreType), present);
    NodeOutput away = emit.op("Mul", absent, emit.number(penalty, scoreType));
    return emit.op("ExpandDims", emit.op("ExpandDims", away, emit.integer(1)), emit.integer(1));
  }

  /** {@code penalty} where a query and a key are of different rows, and 0 where of the same. */
  NodeOutput otherRows(NodeOutput queryRows, NodeOutput keyRows, float penalty) {
    NodeOutput other = emit.op("NotEqual", queryRows, keyRows);
    NodeOutput away = emit.cast(other, DataType.DT_BOOL, scoreType);
    return emit.op("Mul", away, emit.number(penalty, scoreType));
  }

  /** Of first tokens, [rows, heads, first tokens of a row, width of a head]. */
  private NodeOutput ofFirst(NodeOutput query, int heads, int headWidth) {
    return byHead(query, emit.integer(-1), heads, headWidth);
  }

  private GraphNode parts(NodeOutput joined, int count, int heads, int headWidth) {
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
