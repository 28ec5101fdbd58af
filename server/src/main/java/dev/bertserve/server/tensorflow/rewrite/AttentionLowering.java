package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import java.util.List;
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

  /**
   * What each position sees, [positions, width]; the scale is in the query.
   *
   * @param mask [rows, 1, length] or [rows, positions, length], 1 where the second sees the third
   */
  NodeOutput attend(Projections by, NodeOutput mask, float penalty, int width) {
    GraphNode scores = emit.node("BatchMatMulV2", by.query(), by.key());
    scores.attributes().put("adj_y", Match.flag(true));
    NodeOutput masked =
        emit.op(
            "AddV2", emit.cast(scores.output(), emit.type(), scoreType), penalty(mask, penalty));
    NodeOutput weights = emit.cast(emit.op("Softmax", masked), scoreType, emit.type());
    NodeOutput seen = emit.op("BatchMatMulV2", weights, by.value());
    NodeOutput byPosition = emit.op("Transpose", seen, emit.integers(0, 2, 1, 3));
    return emit.op("Reshape", byPosition, emit.integers(-1, width));
  }

  /** A mask of [rows, length], int32, for all positions of a row. */
  NodeOutput forAllPositions(NodeOutput mask) {
    return emit.cast(emit.op("ExpandDims", mask, emit.integer(1)), DataType.DT_INT32, scoreType);
  }

  /** A mask of what is of one row; {@code inputs} are those of {@link Ops#SAME_ROW}. */
  NodeOutput sameRow(List<NodeOutput> inputs) {
    NodeOutput seen = inputs.get(0);
    NodeOutput seeing =
        inputs.size() == 1
            ? seen
            : emit.gather(emit.op("Reshape", seen, emit.integers(-1)), inputs.get(1));
    NodeOutput same =
        emit.op(
            "Equal",
            emit.op("ExpandDims", seeing, emit.integer(2)),
            emit.op("ExpandDims", seen, emit.integer(1)));
    return emit.cast(same, DataType.DT_BOOL, scoreType);
  }

  /** 0 where the mask is 1, {@code penalty} where it is 0; one more dimension, for heads. */
  private NodeOutput penalty(NodeOutput mask, float penalty) {
    NodeOutput absent = emit.op("Sub", emit.number(1, scoreType), mask);
    NodeOutput away = emit.op("Mul", absent, emit.number(penalty, scoreType));
    return emit.op("ExpandDims", away, emit.integer(1));
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
