package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.graph.NodeOutput;
import org.tensorflow.proto.DataType;

/**
 * What an encoder whose sequences hold several rows each is fed beside ids: int32 tensors. A
 * sequence has room for a fixed number of rows.
 */
public enum PackedInput {
  /** [sequences, length]: tokens of one row have the same number, padding has 0. */
  ROW_NUMBERS("row_numbers"),
  /** [sequences, length]: place of each token in its row. */
  POSITIONS("positions"),
  /**
   * [sequences, most rows of one]: index of each row's first token among all tokens; of any token
   * of that sequence where there are fewer rows.
   */
  FIRST_TOKENS("first_tokens");

  private final String tensorName;

  PackedInput(String tensorName) {
    this.tensorName = tensorName;
  }

  /** Name of the placeholder in a rewritten graph. */
  public String tensorName() {
    return tensorName;
  }

  /** Whether {@code graph} reads them: it reads all or none. */
  public static boolean areReadBy(FlatGraph graph) {
    return graph.nodes().stream().anyMatch(FIRST_TOKENS::isFedTo);
  }

  boolean isFedTo(GraphNode node) {
    return node.is("Placeholder") && node.name().equals(tensorName);
  }

  NodeOutput placeholder() {
    GraphNode node = new GraphNode(tensorName, "Placeholder");
    node.setType("dtype", DataType.DT_INT32);
    return node.output();
  }
}
