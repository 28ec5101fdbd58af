package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import java.util.function.Predicate;
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
  private final KeyMasks masks;
  private final Predicate<NodeOutput> isOfTokens;

  /** {@code isOfTokens} is asked of inputs of a tested node's inputs. */
  TokenPooling(TensorShapes shapes, Predicate<NodeOutput> isOfTokens) {
    this.shapes = shapes;
    this.masks = new KeyMasks(shapes);
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

  /** Whether {@code node} is the product of what is of tokens with a mask that is 0 at padding. */
  private boolean isMasked(GraphNode node) {
    Predicate<KeyMask> clears = mask -> mask.atPadding() == 0;
    return node.is("Mul") && (isMaskedBy(node, 0, clears) || isMaskedBy(node, 1, clears));
  }

  /** Whether a mask lowers padding, and nothing else, of what is of tokens. */
  private boolean isLowered(GraphNode node) {
    if (node.is("Sub")) {
      return isMaskedBy(node, 1, mask -> mask.atToken() == 0 && -mask.atPadding() <= LOWEST);
    }
    Predicate<KeyMask> lowers = mask -> mask.atToken() == 0 && mask.atPadding() <= LOWEST;
    return Match.isAdd(node) && (isMaskedBy(node, 0, lowers) || isMaskedBy(node, 1, lowers));
  }

  /** Whether input {@code index} of two is such a mask, and the other one of tokens. */
  private boolean isMaskedBy(GraphNode node, int index, Predicate<KeyMask> wanted) {
    KeyMask mask = maskOfTokens(node.input(index), RANK);
    return mask != null && wanted.test(mask) && isOfTokens.test(node.input(1 - index));
  }

  /** What {@code tensor} is as a function of the mask, a value for each token of a row. */
  @Nullable KeyMask maskOfTokens(NodeOutput tensor, int rank) {
    KeyMask mask = masks.of(tensor);
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
