package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.CalledFunctions;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;

/**
 * A loop of the text half, known by the ops that it runs.
 *
 * @param node the op, whose inputs are those of both functions
 * @param condition whether it goes on
 * @param body a turn
 */
record Loop(GraphNode node, FunctionDef condition, FunctionDef body) {

  /** The first of the loop's own tensors, after two that count turns. */
  static final int FIRST = 2;

  private static final Set<String> SILENT = Set.of("Const", "Identity", "NoOp");

  static boolean is(GraphNode node) {
    return CalledFunctions.LOOPS.contains(node.op());
  }

  /** The loop of {@code node}, for which {@link #is} holds. */
  static Loop of(GraphNode node) {
    return new Loop(node, called(node, "cond"), called(node, "body"));
  }

  private static FunctionDef called(GraphNode loop, String attribute) {
    String name = loop.attribute(attribute).getFunc().getName();
    return CalledFunctions.of(loop).stream()
        .filter(function -> function.getSignature().getName().equals(name))
        .findFirst()
        .orElseThrow(() -> TextRefusal.of(loop, attribute + " " + name, "a function"));
  }

  /** Whether the functions run these ops, in any order; both are lists with spaces. */
  boolean runs(String conditionOps, String bodyOps) {
    return ops(condition).equals(sorted(conditionOps)) && ops(body).equals(sorted(bodyOps));
  }

  private static List<String> ops(FunctionDef function) {
    return function.getNodeDefList().stream()
        .map(NodeDef::getOp)
        .filter(op -> !SILENT.contains(op))
        .sorted()
        .toList();
  }

  private static List<String> sorted(String ops) {
    return Stream.of(ops.split(" ")).sorted().toList();
  }

  /** The loop's inputs that the condition compares with by {@code op}, in order. */
  List<NodeOutput> comparedTo(String op) {
    List<String> arguments =
        condition.getSignature().getInputArgList().stream().map(OpDef.ArgDef::getName).toList();
    return condition.getNodeDefList().stream()
        .filter(compare -> compare.getOp().equals(op))
        .map(compare -> arguments.indexOf(compare.getInput(1)))
        .map(this::input)
        .toList();
  }

  private NodeOutput input(int place) {
    if (place < 0) {
      throw TextRefusal.of(node, "a loop with a limit of its own", "a limit as its input");
    }
    return node.input(place);
  }

  /** All whole numbers that a turn has as constants, in order. */
  List<Long> numbersOfTurn() {
    return body.getNodeDefList().stream()
        .filter(constant -> constant.getOp().equals("Const"))
        .flatMap(constant -> LongStream.of(Constants.integers(constantOf(constant))).boxed())
        .sorted()
        .toList();
  }

  private static NodeOutput constantOf(NodeDef definition) {
    GraphNode constant = new GraphNode(definition.getName(), "Const");
    constant.attributes().putAll(definition.getAttrMap());
    return constant.output();
  }
}
