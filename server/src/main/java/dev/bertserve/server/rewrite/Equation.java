package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Normalises Einsum equations: letters are renamed in order of appearance. */
final class Equation {

  private Equation() {}

  /** The equation of {@code einsum} with a, b, c, ... for its first, second, third letter. */
  static String of(GraphNode einsum) {
    String given = einsum.attribute("equation").getS().toStringUtf8().replace(" ", "");
    StringBuilder seen = new StringBuilder();
    StringBuilder renamed = new StringBuilder();
    for (int i = 0; i < given.length(); i++) {
      char letter = given.charAt(i);
      if (!Character.isLetter(letter)) {
        renamed.append(letter);
        continue;
      }
      int index = seen.indexOf(String.valueOf(letter));
      if (index < 0) {
        index = seen.length();
        seen.append(letter);
      }
      renamed.append((char) ('a' + index));
    }
    return renamed.toString();
  }

  /** An Einsum of two tensors in place of {@code origin}. */
  static NodeOutput einsum(String equation, GraphNode origin, NodeOutput left, NodeOutput right) {
    GraphNode einsum = Match.node("Einsum", origin, left, right);
    einsum.attributes().put("equation", Emitter.string(equation));
    einsum.attributes().put("N", Match.number(2));
    einsum.setType("T", DataType.DT_FLOAT);
    return einsum.output();
  }

  /** The shape of the output of {@code node}, an Einsum; null if it is not known. */
  static @Nullable List<Dimension> shape(GraphNode node, TensorShapes shapes) {
    String[] sides = of(node).split("->", -1);
    if (sides.length != 2 || sides[0].contains(".")) {
      return null;
    }
    String[] operands = sides[0].split(",", -1);
    Map<Character, Dimension> sizes = new HashMap<>();
    for (int i = 0; i < operands.length; i++) {
      List<Dimension> shape = shapes.of(node.input(i));
      if (shape == null || shape.size() != operands[i].length()) {
        return null;
      }
      for (int axis = 0; axis < shape.size(); axis++) {
        sizes.put(operands[i].charAt(axis), shape.get(axis));
      }
    }
    return sides[1].chars().mapToObj(letter -> sizes.get((char) letter)).toList();
  }
}
