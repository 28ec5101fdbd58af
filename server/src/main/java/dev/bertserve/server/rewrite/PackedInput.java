package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.EnumSet;
import java.util.Set;
import org.tensorflow.proto.DataType;

/**
 * The inputs beside token ids of an encoder with several rows per sequence. A sequence has a fixed
 * number of slots, one for each row that it may hold. Row numbers are floats, since TensorFlow
 * compares ints on the CPU even on GPUs.
 */
public enum PackedInput {
  /** Position of each token in its row, [sequences, length]. */
  POSITIONS("positions", DataType.DT_INT32),
  /** Row number of each token, 0 for padding; [sequences, 1, 1, length]. */
  KEY_ROWS("key_rows", DataType.DT_FLOAT),
  /** The same numbers, [sequences, 1, length, 1]. */
  QUERY_ROWS("query_rows", DataType.DT_FLOAT),
  /** Row number of each slot's first token, [sequences, 1, slots, 1]. */
  SLOT_ROWS("slot_rows", DataType.DT_FLOAT),
  /**
   * Index of the first token of each slot's row among all tokens, [slots of all sequences]. A free
   * slot has the index of any token of its sequence.
   */
  FIRST_TOKENS("first_tokens", DataType.DT_INT32),
  /**
   * Slot of each token's row among the slots of all sequences, -1 for padding; [sequences, length].
   */
  TOKEN_SLOTS("token_slots", DataType.DT_INT32);

  private final String tensorName;
  private final DataType type;

  PackedInput(String tensorName, DataType type) {
    this.tensorName = tensorName;
    this.type = type;
  }

  /** Name of the placeholder in a rewritten graph. */
  public String tensorName() {
    return tensorName;
  }

  /** The inputs that {@code graph} reads; none if each row is a sequence of its own. */
  public static Set<PackedInput> readBy(FlatGraph graph) {
    Set<String> names = graph.placeholders();
    Set<PackedInput> read = EnumSet.allOf(PackedInput.class);
    read.removeIf(input -> !names.contains(input.tensorName));
    return read;
  }

  NodeOutput placeholder() {
    GraphNode node = new GraphNode(tensorName, "Placeholder");
    node.setType("dtype", type);
    return node.output();
  }
}
