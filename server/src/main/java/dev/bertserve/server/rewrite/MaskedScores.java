package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.jspecify.annotations.Nullable;

/**
 * What a softmax over keys reads: {@code scale * query * key}, and less where the key is padding.
 *
 * @param penalty the number that is added where {@code mask} is 0; below 0
 * @param mixer [heads, heads], what mixes the products of heads; null if nothing does
 */
record MaskedScores(
    NodeOutput query,
    NodeOutput key,
    float scale,
    NodeOutput mask,
    float penalty,
    @Nullable NodeOutput mixer) {

  /** query [a,b,c,d], key [a,e,c,d] -> scores [a,c,b,e]. */
  private static final String QUERY_KEY = "abcd,aecd->acbe";

  /** key [a,e,c,d], query [a,b,c,d] -> scores [a,c,b,e]. */
  private static final String KEY_QUERY = "abcd,aecd->aceb";

  /** A stronger penalty has no other effect, and would be infinite in some number types. */
  private static final float STRONGEST_PENALTY = -1e9f;

  /** scores [a,b,c,d], mixer [b,e] -> scores [a,e,c,d]. */
  private static final String MIXED = "abcd,be->aecd";

  /** Matches sums of one product and of penalties, in any order and spelling. */
  static @Nullable MaskedScores of(NodeOutput scores, KeyMasks masks) {
    Terms terms = new Terms(masks);
    if (!terms.add(scores, 1)) {
      return null;
    }
    KeyMask mask = terms.mask;
    GraphNode product = terms.product;
    if (mask == null || product == null) {
      return null;
    }
    // The same number added to all scores of a query changes no weight.
    float penalty = Math.max(mask.atPadding() - mask.atToken(), STRONGEST_PENALTY);
    if (!Float.isFinite(mask.atToken()) || !(penalty < 0)) {
      return null;
    }
    boolean queryFirst = Equation.of(product).equals(QUERY_KEY);
    Scaled query = Scaled.of(product.input(queryFirst ? 0 : 1));
    Scaled key = Scaled.of(product.input(queryFirst ? 1 : 0));
    return new MaskedScores(
        query.tensor(),
        key.tensor(),
        terms.scale * query.factor() * key.factor(),
        mask.mask(),
        penalty,
        terms.mixer);
  }

  /** The terms of a sum, as far as they have been read. */
  private static final class Terms {

    private final KeyMasks masks;
    private @Nullable GraphNode product;
    private @Nullable KeyMask mask;
    private @Nullable NodeOutput mixer;
    private float scale = 1;

    Terms(KeyMasks masks) {
      this.masks = masks;
    }

    /** Reads {@code sign} times {@code tensor}; returns whether all of it is known. */
    boolean add(NodeOutput tensor, int sign) {
      GraphNode node = tensor.node();
      if (!Float.isNaN(Match.scalar(tensor))) {
        return Float.isFinite(Match.scalar(tensor));
      }
      KeyMask penalties = masks.of(tensor);
      if (penalties != null) {
        return masks.isOfKeys(penalties, tensor) && add(penalties, sign);
      }
      if (Match.isAdd(node)) {
        return add(node.input(0), sign) && add(node.input(1), sign);
      }
      if (node.is("Sub")) {
        return add(node.input(0), sign) && add(node.input(1), -sign);
      }
      return node.is("SelectV2") ? addSelected(node, sign) : addProduct(tensor, sign);
    }

    private boolean add(KeyMask penalties, int sign) {
      float atToken = sign * penalties.atToken();
      float atPadding = sign * penalties.atPadding();
      KeyMask earlier = mask;
      if (earlier == null) {
        mask = new KeyMask(penalties.mask(), 0, atToken, atPadding);
        return true;
      }
      mask =
          new KeyMask(
              earlier.mask(), 0, earlier.atToken() + atToken, earlier.atPadding() + atPadding);
      return earlier.mask().equals(penalties.mask());
    }

    /** Scores of tokens, and one number for padding. */
    private boolean addSelected(GraphNode select, int sign) {
      KeyMask condition = masks.of(select.input(0));
      if (condition == null || !masks.isOfKeys(condition, select.input(0))) {
        return false;
      }
      int ofTokens = condition.atToken() != 0 ? 1 : 2;
      int ofPadding = condition.atPadding() != 0 ? 1 : 2;
      float instead = Match.scalar(select.input(ofPadding));
      // A moderate number instead of a score is no penalty, which is added to it.
      return ofTokens != ofPadding
          && sign * instead <= TokenDependence.WEAKEST_PENALTY
          && add(select.input(ofTokens), sign)
          && add(new KeyMask(condition.mask(), 0, 0, instead), sign);
    }

    private boolean addProduct(NodeOutput tensor, int sign) {
      Scaled scaled = Scaled.of(tensor);
      float factor = sign * scaled.factor();
      if (isMixed(scaled.tensor())) {
        mixer = scaled.tensor().node().input(1);
        scaled = Scaled.of(scaled.tensor().node().input(0));
        factor *= scaled.factor();
      }
      GraphNode node = scaled.tensor().node();
      String equation = node.is("Einsum") ? Equation.of(node) : "";
      if (product != null || !(equation.equals(QUERY_KEY) || equation.equals(KEY_QUERY))) {
        return false;
      }
      product = node;
      scale = factor;
      return true;
    }
  }

  /** Whether {@code tensor} is one of heads that a weight mixes. */
  static boolean isMixed(NodeOutput tensor) {
    return Match.is(tensor, "Einsum")
        && Equation.of(tensor.node()).equals(MIXED)
        && Match.weight(tensor.node().input(1)) != null;
  }

  /** {@code factor} times {@code tensor}. */
  private record Scaled(NodeOutput tensor, float factor) {

    static Scaled of(NodeOutput tensor) {
      GraphNode node = tensor.node();
      if (node.is("Mul") || node.is("RealDiv")) {
        for (int i = node.is("Mul") ? 0 : 1; i < 2; i++) {
          float constant = Match.scalar(node.input(i));
          if (!Float.isNaN(constant)) {
            Scaled inner = of(node.input(1 - i));
            float factor = node.is("Mul") ? constant : 1 / constant;
            return new Scaled(inner.tensor, inner.factor * factor);
          }
        }
      }
      return new Scaled(tensor, 1);
    }
  }
}
