package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.GraphNode;

/**
 * Ops that a graph holds between recognition and lowering; TensorFlow knows none of them. A token
 * tensor is [rows, length, ...]; behind {@link #FIRST_TOKEN} it is [rows, ...].
 */
final class Ops {

  /** x, gamma, beta -> x normalised over the last dimension. Attribute: {@link #EPSILON}. */
  static final String LAYER_NORM = "bertserve.LayerNorm";

  /** x -> GELU of x. Attribute: {@link #APPROXIMATE}. */
  static final String GELU = "bertserve.Gelu";

  /**
   * x, kernel [in, out], bias [out] -> x times kernel plus bias, over the last dimension of x or,
   * where x is the answer of attention, over heads and their width.
   */
  static final String DENSE = "bertserve.Dense";

  /**
   * query, key, value as [rows, length, heads, width], mask [rows, length] -> what each position
   * sees, in the query's shape. Where sequences hold several rows, in place of the mask: rows of
   * queries [sequences, 1, positions, 1], rows of keys [sequences, 1, 1, length]. Attributes:
   * {@link #SCALE}, {@link #PENALTY}, {@link #HEADS}.
   */
  static final String ATTENTION = "bertserve.Attention";

  /** table [ids, width], ids [rows, length] -> [rows, length, width]. */
  static final String EMBEDDING = "bertserve.Embedding";

  /** table [positions, width], ids [rows, length] -> [length, width] of the table. */
  static final String POSITIONS = "bertserve.Positions";

  /**
   * Token tensor -> its first token, [rows, ...]. With indices [slots] as well, the tokens at
   * those.
   */
  static final String FIRST_TOKEN = "bertserve.FirstToken";

  /** Two token tensors of one shape -> their sum; they may be computed at the same time. */
  static final String JOIN = "bertserve.Join";

  /** Added to a variance. */
  static final String EPSILON = "epsilon";

  /** Whether GELU is the tanh form, not the erf form. */
  static final String APPROXIMATE = "approximate";

  /** Times the product of query and key. */
  static final String SCALE = "scale";

  /** Added to a score where the mask is 0. */
  static final String PENALTY = "penalty";

  /** Attention heads. */
  static final String HEADS = "heads";

  private Ops() {}

  /** Whether {@code attention} is told rows in place of a mask. */
  static boolean isWithinRows(GraphNode attention) {
    return attention.inputs().size() > 4;
  }
}
