package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Products of token states and a kernel, however they are shaped. The canonical form is one Einsum
 * of [rows, length, ...], with the heads in the kernel and in the bias.
 */
final class Projections implements CanonicalForms.Spelling {

  private final TensorShapes shapes;
  private final Map<ReshapedKey, NodeOutput> reshaped = new HashMap<>();

  private record ReshapedKey(GraphNode constant, List<Long> shape) {}

  Projections(TensorShapes shapes) {
    this.shapes = shapes;
  }

  @Override
  public @Nullable NodeOutput canonical(GraphNode node) {
    return switch (node.op()) {
      case "Reshape" -> reshape(node);
      case "BatchMatMulV2", "BatchMatMul" -> product(node);
      case "Einsum" -> fromHeads(node);
      case "Mul", "RealDiv" -> scaled(node);
      default -> null;
    };
  }

  private @Nullable NodeOutput reshape(GraphNode reshape) {
    GraphNode x = reshape.input(0).node();
    if (x.is("MatMul")) {
      return tensordot(reshape, x);
    }
    if (x.is("Mul") || x.is("RealDiv")) {
      return scaledAfter(reshape, x);
    }
    if (Match.isAdd(x)) {
      return biased(reshape, x);
    }
    return x.is("Einsum") ? toHeads(reshape, x) : null;
  }

  /** A product of matrices, [tokens, width], shaped to tokens again. */
  private @Nullable NodeOutput tensordot(GraphNode reshape, GraphNode product) {
    Weight kernel = Match.weight(product.input(1));
    if (kernel == null
        || !Match.is(product.input(0), "Reshape")
        || product.flag("transpose_a")
        || product.flag("transpose_b")
        || !isTokens(reshape.output(), kernel.shape().get(1))) {
      return null;
    }
    NodeOutput x = product.input(0).node().input(0);
    long in = kernel.shape().get(0);
    if (isTokens(x, in)) {
      return einsum(RecogniseDense.TO_WIDTH, reshape, x, product.input(1));
    }
    List<Dimension> heads = shapes.of(x);
    return heads != null && shapes.isOfTokens(x, 4)
        ? fromHeads(reshape, x, heads, product.input(1))
        : null;
  }

  private @Nullable NodeOutput product(GraphNode product) {
    Weight kernel = Match.weight(product.input(1));
    return kernel != null
            && kernel.shape().size() == 2
            && !product.flag("adj_x")
            && !product.flag("adj_y")
            && isTokens(product.input(0), kernel.shape().get(0))
        ? einsum(RecogniseDense.TO_WIDTH, product, product.input(0), product.input(1))
        : null;
  }

  /** A product over [rows, length, heads, width of a head] that was flattened before. */
  private @Nullable NodeOutput fromHeads(GraphNode einsum) {
    if (!isToWidth(einsum) || !Match.is(einsum.input(0), "Reshape")) {
      return null;
    }
    NodeOutput x = einsum.input(0).node().input(0);
    List<Dimension> heads = shapes.of(x);
    return heads != null && shapes.isOfTokens(x, 4)
        ? fromHeads(einsum, x, heads, einsum.input(1))
        : null;
  }

  private @Nullable NodeOutput fromHeads(
      GraphNode origin, NodeOutput x, List<Dimension> heads, NodeOutput kernel) {
    Dimension count = heads.get(2);
    Dimension width = heads.get(3);
    Weight weight = LoweredWeights.of(kernel);
    long in = weight.shape().get(0);
    if (!count.times(width).is(in)) {
      return null;
    }
    List<Long> shape = List.of(count.factor(), width.factor(), weight.shape().get(1));
    return einsum(RecogniseDense.FROM_HEADS, origin, x, shaped(kernel, shape));
  }

  private @Nullable NodeOutput toHeads(GraphNode reshape, GraphNode einsum) {
    List<Dimension> heads = shapes.of(reshape.output());
    if (heads == null || !isToWidth(einsum) || !shapes.isOfTokens(reshape.output(), 4)) {
      return null;
    }
    Weight kernel = LoweredWeights.of(einsum.input(1));
    List<Long> shape = List.of(kernel.shape().get(0), heads.get(2).factor(), heads.get(3).factor());
    return einsum(
        RecogniseDense.TO_HEADS, reshape, einsum.input(0), shaped(einsum.input(1), shape));
  }

  /** A sum with a bias, shaped afterwards: the terms are shaped instead. */
  private @Nullable NodeOutput biased(GraphNode reshape, GraphNode sum) {
    List<NodeOutput> terms =
        Match.matchingFirst(
            sum, term -> (Match.is(term, "Einsum") && isToWidth(term.node())) || isMatrix(term));
    Weight bias = terms == null ? null : Match.weight(terms.get(1));
    List<Dimension> shape = shapes.of(reshape.output());
    if (terms == null || bias == null || shape == null || bias.shape().size() != 1) {
      return null;
    }
    GraphNode shapedProduct = new GraphNode(reshape.name() + "/product", "Reshape");
    shapedProduct.inputs().addAll(List.of(terms.get(0), reshape.input(1)));
    NodeOutput product = reshape(shapedProduct);
    if (product == null) {
      return null;
    }
    NodeOutput shapedBias =
        shapes.isOfTokens(reshape.output(), 4)
            ? shaped(terms.get(1), List.of(shape.get(2).factor(), shape.get(3).factor()))
            : terms.get(1);
    return Match.node("AddV2", reshape, product, shapedBias).output();
  }

  private static boolean isMatrix(NodeOutput product) {
    return Match.is(product, "MatMul") && Match.weight(product.node().input(1)) != null;
  }

  /** A scaled projection that is split into heads: the heads are scaled instead. */
  private @Nullable NodeOutput scaledAfter(GraphNode reshape, GraphNode scaling) {
    int factor = scaleIndex(scaling);
    if (factor < 0 || !shapes.isOfTokens(reshape.output(), 4)) {
      return null;
    }
    GraphNode heads = new GraphNode(reshape.name() + "/heads", "Reshape");
    heads.inputs().addAll(List.of(scaling.input(1 - factor), reshape.input(1)));
    NodeOutput canonical = reshape(heads);
    return canonical == null ? null : scaled(reshape, scaling, canonical, scaling.input(factor));
  }

  /** A scaled transposition: the transposition moves behind the factor. */
  private @Nullable NodeOutput scaled(GraphNode scaling) {
    int factor = scaleIndex(scaling);
    if (factor < 0 || !Match.is(scaling.input(1 - factor), "Transpose")) {
      return null;
    }
    GraphNode transpose = scaling.input(1 - factor).node();
    GraphNode inner = new GraphNode(scaling.name() + "/scaled", scaling.op());
    inner.inputs().addAll(List.of(transpose.input(0), scaling.input(factor)));
    return Match.node("Transpose", scaling, inner.output(), transpose.input(1)).output();
  }

  private static NodeOutput scaled(
      GraphNode origin, GraphNode scaling, NodeOutput x, NodeOutput factor) {
    return Match.node(scaling.op(), origin, x, factor).output();
  }

  /** Which input of a product or quotient is a constant scalar; -1 for none. */
  private static int scaleIndex(GraphNode scaling) {
    if (!Float.isNaN(Match.scalar(scaling.input(1)))) {
      return 1;
    }
    return scaling.is("Mul") && !Float.isNaN(Match.scalar(scaling.input(0))) ? 0 : -1;
  }

  private static boolean isToWidth(GraphNode einsum) {
    return Equation.of(einsum).equals(RecogniseDense.TO_WIDTH)
        && Match.weight(einsum.input(1)) != null;
  }

  private boolean isTokens(NodeOutput tensor, long width) {
    List<Dimension> shape = shapes.of(tensor);
    return shape != null && shapes.isOfTokens(tensor, 3) && shape.get(2).is(width);
  }

  /** One constant for each weight and shape, however often it is read. */
  private NodeOutput shaped(NodeOutput constant, List<Long> shape) {
    return reshaped.computeIfAbsent(
        new ReshapedKey(constant.node(), shape),
        key -> RedundantOps.reshaped(key.constant(), LoweredWeights.of(constant), shape));
  }

  private static NodeOutput einsum(
      String equation, GraphNode origin, NodeOutput x, NodeOutput kernel) {
    return Equation.einsum(equation, origin, x, kernel);
  }
}
