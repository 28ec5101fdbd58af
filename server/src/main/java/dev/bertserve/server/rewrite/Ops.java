package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;

/**
 * Ops that exist between recognition and lowering only; TensorFlow does not know them. A token
 * tensor is [rows, length, ...]; after {@link #FIRST_TOKEN} it is [rows, ...].
 */
final class Ops {

  /** Name of the placeholder of token ids in a prepared graph. */
  static final String IDS_INPUT = "input_word_ids";

  /** Name of the placeholder of the mask: 1 for tokens, 0 for padding. */
  static final String MASK_INPUT = "input_mask";

  /** x, gamma, beta -> x normalised over the last dimension. Attribute: {@link #EPSILON}. */
  static final String LAYER_NORM = "bertserve.LayerNorm";

  /** x -> GELU of x. Attribute: {@link #APPROXIMATE}. */
  static final String GELU = "bertserve.Gelu";

  /**
   * x, kernel [in, out], bias [out] -> x times kernel plus bias, over the last dimension of x or,
   * if x is the output of attention, over heads and their width.
   *
   * <p>With {@link #LOW} and {@link #HIGH}, x and the kernel are rounded to 8 bits: the kernel is
   * one of signed bytes, and a fourth input, peaks [out], has the magnitudes that {@link
   * QuantisedKernel#LARGEST} stands for. A fifth input, factors [in], is what x is multiplied by
   * before it is rounded.
   */
  static final String DENSE = "bertserve.Dense";

  /**
   * query, key, value as [rows, length, heads, width], mask [rows, length] -> attention output, in
   * the query's shape. For packed rows, two inputs replace the mask: row numbers of the queries
   * [sequences, 1, positions, 1] and of the keys [sequences, 1, 1, length]. Talking heads add two
   * inputs, [heads, heads]: what mixes the heads before the softmax, and after. Attributes: {@link
   * #SCALE}, {@link #PENALTY}, {@link #HEADS}.
   */
  static final String ATTENTION = "bertserve.Attention";

  /** table [ids, width], ids [rows, length] -> [rows, length, width]. */
  static final String EMBEDDING = "bertserve.Embedding";

  /** table [positions, width], ids [rows, length] -> [length, width] of the table. */
  static final String POSITIONS = "bertserve.Positions";

  /**
   * Token tensor -> its first token, [rows, ...]. With a second input, indices [slots]: the tokens
   * at these indices.
   */
  static final String FIRST_TOKEN = "bertserve.FirstToken";

  /** Two token tensors of one shape -> their sum; two threads may compute them at the same time. */
  static final String JOIN = "bertserve.Join";

  /** The number that is added to the variance. */
  static final String EPSILON = "epsilon";

  /** True for the tanh form of GELU, false for the erf form. */
  static final String APPROXIMATE = "approximate";

  /** The factor of the product of query and key. */
  static final String SCALE = "scale";

  /** The number that is added to a score where the mask is 0. */
  static final String PENALTY = "penalty";

  /** The number of attention heads; 0 for a projection without heads. */
  static final String HEADS = "heads";

  /** The number that 0 stands for where x is rounded to 8 bits. */
  static final String LOW = "low";

  /** The number that 255 stands for where x is rounded to 8 bits. */
  static final String HIGH = "high";

  /** Index of the peaks among the inputs of a quantised product. */
  static final int PEAKS = 3;

  /** Index of the factors among the inputs of a quantised product. */
  static final int FACTORS = 4;

  private Ops() {}

  /** Whether {@code dense} rounds what it reads to 8 bits. */
  static boolean isQuantised(GraphNode dense) {
    return dense.is(DENSE) && dense.attributes().containsKey(LOW);
  }

  /** What a product that computes {@code gelu} too calls it. */
  static String fusedGelu(GraphNode gelu) {
    return gelu.attribute(APPROXIMATE).getB() ? "GeluApproximate" : "GeluExact";
  }

  /** Whether {@code attention} reads row numbers instead of a mask. */
  static boolean readsRowNumbers(GraphNode attention) {
    return attention.inputs().size() - mixers(attention).size() > 4;
  }

  /** What mixes the heads of {@code attention} before the softmax, and after; mostly nothing. */
  static List<NodeOutput> mixers(GraphNode attention) {
    int inputs = attention.inputs().size();
    return inputs < 6 ? List.of() : attention.inputs().subList(inputs - 2, inputs);
  }
}
