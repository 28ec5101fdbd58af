package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A tensor written as a sum of products of other tensors, so that any spelling of a formula has one
 * form. Broadcasting is not looked at.
 *
 * @param terms the coefficient of each product; a product is its factors with their powers
 */
record Polynomial(Map<Map<NodeOutput, Integer>, Double> terms) {

  private static final int MOST_TERMS = 16;
  private static final int DEEPEST = 12;

  Polynomial {
    terms = Map.copyOf(terms);
  }

  /** {@code tensor} in factors that satisfy {@code isFactor} or that are no sums or products. */
  static Polynomial of(NodeOutput tensor, Predicate<NodeOutput> isFactor) {
    return of(tensor, isFactor, DEEPEST);
  }

  private static Polynomial of(NodeOutput tensor, Predicate<NodeOutput> isFactor, int depth) {
    float constant = Match.scalar(tensor);
    if (!Float.isNaN(constant)) {
      return new Polynomial(Map.of(Map.of(), (double) constant));
    }
    Polynomial expanded =
        depth == 0 || isFactor.test(tensor) ? null : expanded(tensor.node(), isFactor, depth - 1);
    return expanded == null || expanded.terms.size() > MOST_TERMS
        ? new Polynomial(Map.of(Map.of(tensor, 1), 1.0))
        : expanded;
  }

  private static @Nullable Polynomial expanded(
      GraphNode node, Predicate<NodeOutput> isFactor, int depth) {
    return switch (node.op()) {
      case "Add", "AddV2", "BiasAdd" ->
          of(node.input(0), isFactor, depth).plus(of(node.input(1), isFactor, depth), 1);
      case "Sub" -> of(node.input(0), isFactor, depth).plus(of(node.input(1), isFactor, depth), -1);
      case "Neg" -> new Polynomial(Map.of()).plus(of(node.input(0), isFactor, depth), -1);
      case "Mul" -> of(node.input(0), isFactor, depth).times(of(node.input(1), isFactor, depth));
      case "SquaredDifference" ->
          power(of(node.input(0), isFactor, depth).plus(of(node.input(1), isFactor, depth), -1), 2);
      case "Square" -> power(of(node.input(0), isFactor, depth), 2);
      case "Pow" -> {
        float exponent = Match.scalar(node.input(1));
        yield exponent == 2 || exponent == 3
            ? power(of(node.input(0), isFactor, depth), (int) exponent)
            : null;
      }
      case "RealDiv", "Div" -> {
        float divisor = Match.scalar(node.input(1));
        Polynomial dividend = of(node.input(0), isFactor, depth);
        yield Float.isNaN(divisor)
            ? dividend.times(new Polynomial(Map.of(Map.of(node.input(1), -1), 1.0)))
            : new Polynomial(Map.of()).plus(dividend, 1.0 / divisor);
      }
      default -> null;
    };
  }

  private static Polynomial power(Polynomial base, int exponent) {
    return exponent == 1 ? base : base.times(power(base, exponent - 1));
  }

  private Polynomial plus(Polynomial other, double factor) {
    Map<Map<NodeOutput, Integer>, Double> sum = new HashMap<>(terms);
    other.terms.forEach((product, count) -> sum.merge(product, count * factor, Double::sum));
    sum.values().removeIf(count -> count == 0);
    return new Polynomial(sum);
  }

  private Polynomial times(Polynomial other) {
    Map<Map<NodeOutput, Integer>, Double> products = new HashMap<>();
    terms.forEach(
        (left, leftCount) ->
            other.terms.forEach(
                (right, rightCount) -> {
                  Map<NodeOutput, Integer> product = new HashMap<>(left);
                  right.forEach((factor, power) -> product.merge(factor, power, Integer::sum));
                  products.merge(product, leftCount * rightCount, Double::sum);
                }));
    return new Polynomial(products);
  }

  /** The coefficient of a product of {@code factors}; 0 if there is none. */
  double of(NodeOutput... factors) {
    Map<NodeOutput, Integer> product = new HashMap<>();
    for (NodeOutput factor : factors) {
      product.merge(factor, 1, Integer::sum);
    }
    return terms.getOrDefault(product, 0.0);
  }

  /** Whether the coefficient of a product of {@code factors} over {@code divisor} is that. */
  boolean hasQuotient(double expected, NodeOutput divisor, NodeOutput... factors) {
    Map<NodeOutput, Integer> product = new HashMap<>();
    for (NodeOutput factor : factors) {
      product.merge(factor, 1, Integer::sum);
    }
    product.put(divisor, -1);
    return terms.getOrDefault(product, 0.0) == expected;
  }

  /** Whether that coefficient is {@code expected}, up to rounding. */
  boolean has(double expected, NodeOutput... factors) {
    return Math.abs(of(factors) - expected) <= 1e-6 * Math.abs(expected);
  }
}
