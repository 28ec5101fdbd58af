package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;

/** Functions of one constant number, which are constants. */
final class Scalars implements CanonicalForms.Spelling {

  private final Emitter emit = new Emitter(DataType.DT_FLOAT);

  @Override
  public @Nullable NodeOutput canonical(GraphNode node) {
    float value = value(node);
    if (Float.isNaN(value)) {
      return null;
    }
    GraphNode constant = Match.node("Const", node);
    constant.attributes().putAll(emit.number(value).node().attributes());
    return constant.output();
  }

  private static float value(GraphNode node) {
    return switch (node.op()) {
      case "Cast" ->
          node.attribute("DstT").getType() == DataType.DT_FLOAT
              ? Match.anyScalar(node.input(0))
              : Float.NaN;
      case "Rsqrt" -> (float) (1 / Math.sqrt(Match.scalar(node.input(0))));
      case "Sqrt" -> (float) Math.sqrt(Match.scalar(node.input(0)));
      case "Reciprocal" -> 1 / Match.scalar(node.input(0));
      case "Neg" -> -Match.scalar(node.input(0));
      case "RealDiv" -> Match.scalar(node.input(0)) / Match.scalar(node.input(1));
      default -> Float.NaN;
    };
  }
}
