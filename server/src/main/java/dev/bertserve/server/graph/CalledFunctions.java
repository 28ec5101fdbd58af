package dev.bertserve.server.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.FunctionDef;

/**
 * The functions that an op runs itself, such as the body of a loop. They stay functions, in an
 * attribute of the op's node.
 */
public final class CalledFunctions {

  /** The ops that are loops. */
  public static final Set<String> LOOPS = Set.of("While", "StatelessWhile");

  private static final String ATTRIBUTE = "_functions";

  private CalledFunctions() {}

  /** Lets {@code node} hold {@code functions}: those that it calls, and those that they call. */
  public static void put(GraphNode node, Collection<FunctionDef> functions) {
    AttrValue.ListValue.Builder list = AttrValue.ListValue.newBuilder();
    functions.forEach(function -> list.addS(function.toByteString()));
    node.attributes().put(ATTRIBUTE, AttrValue.newBuilder().setList(list).build());
  }

  /** Puts {@code replacement} of each function that {@code node} holds in its place. */
  static void replace(GraphNode node, UnaryOperator<FunctionDef> replacement) {
    List<FunctionDef> functions = of(node);
    if (!functions.isEmpty()) {
      put(node, functions.stream().map(replacement).toList());
    }
  }

  /** The functions that {@code node} holds; mostly none. */
  public static List<FunctionDef> of(GraphNode node) {
    AttrValue held = node.attributes().get(ATTRIBUTE);
    if (held == null) {
      return List.of();
    }
    List<FunctionDef> functions = new ArrayList<>();
    for (ByteString function : held.getList().getSList()) {
      try {
        functions.add(FunctionDef.parseFrom(function));
      } catch (InvalidProtocolBufferException e) {
        throw new UnsupportedModelException(
            "node " + node.name() + ": " + e.getMessage() + " (expected: functions)", e);
      }
    }
    return functions;
  }
}
