package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Sums over the tokens of a row in which the mask makes padding zero, such as those of means, and
 * maxima in which it makes padding lower than any token.
 */
final class TokenPooling {

  /** The axis of tokens. */
  private static final int AXIS = 1;

  /** The axes of token tensors: rows, tokens and values. */
  static final int RANK = 3;

  /** No value of a token is as low. */
  private static final float LOWEST = -1e6f;

  private final TensorShapes shapes;
  private final Predicate<NodeOutput> isOfTokens;

  /** {@code isOfTokens} is asked of inputs of a tested node's inputs. */
  TokenPooling(TensorShapes shapes, Predicate<NodeOutput> isOfTokens) {
    this.shapes = shapes;
    this.isOfTokens = isOfTokens;
  }

  boolean is(GraphNode node) {
    if (!node.is("Sum") && !node.is("Max")) {
      return false;
    }
    NodeOutput pooled = node.input(0);
    List<Dimension> shape = shapes.of(pooled);
    if (shape == null || TensorShapes.axis(node.input(1), shape.size()) != AXIS) {
      return false;
    }
    if (node.is("Max")) {
      return isSelected(pooled.node(), value -> value <= LOWEST) || isLowered(pooled.node());
    }
    KeyMask mask = maskOfTokens(pooled, shape.size());
    return (mask != null && mask.atPadding() == 0)
        || isSelected(pooled.node(), value -> value == 0)
        || isMasked(pooled.node());
  }

  /** Whether the mask selects such a value at padding, and else what is of tokens. */
  private boolean isSelected(GraphNode select, Predicate<Float> atPadding) {
    KeyMask mask = select.is("SelectV2") ? maskOfTokens(select.input(0), RANK) : null;
    if (mask == null || mask.atToken() == mask.atPadding()) {
      return false;
    }
    int token = mask.atToken() == 0 ? 2 : 1;
    return isOfTokens.test(select.input(token))
        && atPadding.test(Match.uniform(select.input(token == 1 ? 2 : 1)));
  }

  /**
   * Whether {@code product} is that of a mask, which is zero at padding, with what is of tokens.
   */
  private boolean isMasked(GraphNode product) {
    return product.is("Mul")
        && IntStream.range(0, 2)
            .anyMatch(
                i -> {
                  KeyMask mask = maskOfTokens(product.input(i), RANK);
                  return mask != null
                      && mask.atPadding() == 0
                      && isOfTokens.test(product.input(1 - i));
                });
  }

  /** Whether a mask lowers padding, and nothing else, of what is of tokens. */
  private boolean isLowered(GraphNode sum) {
    boolean isDifference = sum.is("Sub");
    if (!isDifference && !Match.isAdd(sum)) {
      return false;
    }
    KeyMask penalty = maskOfTokens(sum.input(1), RANK);
    int tokens = 0;
    if (penalty == null && !isDifference) {
      penalty = maskOfTokens(sum.input(0), RANK);
      tokens = 1;
    }
    return penalty != null
        && penalty.atToken() == 0
        && (isDifference ? -penalty.atPadding() : penalty.atPadding()) <= LOWEST
        && isOfTokens.test(sum.input(tokens));
  }

  /** What {@code tensor} is as a function of the mask, a value for each token of a row. */
  @Nullable KeyMask maskOfTokens(NodeOutput tensor, int rank) {
    KeyMask mask = KeyMask.of(tensor, shapes);
    List<Dimension> shape = mask == null ? null : shapes.of(tensor);
    boolean isOfTokens =
        mask != null
            && shape != null
            && TokenDependence.isMaskOfTokens(mask.mask())
            && shape.size() == rank
            && shape.size() - 1 - mask.axis() == AXIS;
    return isOfTokens ? mask : null;
  }

  /**
   * {@code pooling} within the rows of packed sequences: [slots of all sequences, ...].
   *
   * @param tokenSlots the slot of each token, [sequences, length]
   * @param slots any tensor of one value a slot
   */
  static GraphNode withinRows(GraphNode pooling, NodeOutput tokenSlots, NodeOutput slots) {
    String name = pooling.name();
    NodeOutput count = Match.node("Size", name + "/slots", slots).output();
    GraphNode pooled =
        Match.node(
            pooling.is("Sum") ? "UnsortedSegmentSum" : "UnsortedSegmentMax",
            name + "/pooled",
            pooling.input(0),
            tokenSlots,
            count);
    return pooling.flag("keep_dims")
        ? Match.node(
            "ExpandDims",
            name + "/kept",
            pooled.output(),
            Constants.ofInt(name + "/axis", AXIS).output())
        : pooled;
  }
}
