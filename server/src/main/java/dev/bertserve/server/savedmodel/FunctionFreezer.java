package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.CalledFunctions;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.FunctionDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.OpDef;
import org.tensorflow.proto.TensorShapeProto;

/**
 * Freezes variables in the functions that an op runs, such as the body of a loop. The functions
 * take the variables' values instead. An op that passes a variable on, or reads it, gives its
 * value.
 */
final class FunctionFreezer {

  /** Their first input chooses the function, which takes the others. */
  private static final Set<String> CHOICES = Set.of("If", "StatelessIf", "Case", "StatelessCase");

  private static final String SHAPES = "output_shapes";
  private static final AttrValue NO_SHAPES = AttrValue.getDefaultInstance();
  private static final TensorShapeProto ANY_SHAPE =
      TensorShapeProto.newBuilder().setUnknownRank(true).build();

  private final Map<String, FunctionDef> functions = new LinkedHashMap<>();

  /** Types of the values that a function takes now, by its name and their place. */
  private final Map<String, Map<Integer, DataType>> taken = new HashMap<>();

  private FunctionFreezer(List<FunctionDef> functions) {
    functions.forEach(function -> this.functions.put(function.getSignature().getName(), function));
  }

  /** Changes {@code node} and its functions, for values of these types at these inputs. */
  static void freeze(GraphNode node, Map<Integer, DataType> values) {
    FunctionFreezer freezer = new FunctionFreezer(CalledFunctions.of(node));
    NodeDef.Builder call = NodeDef.newBuilder().setName(node.name()).setOp(node.op());
    freezer.freezeCall(call.putAllAttr(node.attributes()), values);
    node.attributes().putAll(call.getAttrMap());
    CalledFunctions.put(node, freezer.functions.values());
  }

  private void freezeCall(NodeDef.Builder call, Map<Integer, DataType> values) {
    boolean loop = CalledFunctions.LOOPS.contains(call.getOp());
    boolean choice = CHOICES.contains(call.getOp());
    if (!loop && !choice && !GraphFlattener.CALLS.contains(call.getOp())) {
      throw new UnsupportedModelException(
          "node "
              + call.getName()
              + ": "
              + call.getOp()
              + " of a variable (expected: ReadVariableOp or ResourceGather)");
    }
    Map<Integer, DataType> arguments = new TreeMap<>();
    values.forEach((input, type) -> arguments.put(choice ? input - 1 : input, type));
    for (AttrValue attribute : call.getAttrMap().values()) {
      if (attribute.hasFunc()) {
        freeze(attribute.getFunc().getName(), arguments);
      }
      attribute.getList().getFuncList().forEach(branch -> freeze(branch.getName(), arguments));
    }
    String types = loop ? "T" : "Tin";
    AttrValue.Builder typeList = call.getAttrOrThrow(types).toBuilder();
    arguments.forEach(typeList.getListBuilder()::setType);
    call.putAttr(types, typeList.build());
    AttrValue.Builder shapes = call.getAttrOrDefault(SHAPES, NO_SHAPES).toBuilder();
    if (loop && shapes.getList().getShapeCount() > 0) {
      arguments.keySet().forEach(place -> shapes.getListBuilder().setShape(place, ANY_SHAPE));
      call.putAttr(SHAPES, shapes.build());
    }
    call.removeAttr("_output_shapes").removeAttr("_read_only_resource_inputs");
  }

  private void freeze(String name, Map<Integer, DataType> values) {
    Map<Integer, DataType> earlier = taken.putIfAbsent(name, values);
    if (earlier != null && !earlier.equals(values)) {
      throw new UnsupportedModelException(
          "function " + name + ": called with other variables (expected: the same types)");
    }
    FunctionDef function = functions.get(name);
    if (earlier == null && function != null) {
      functions.put(name, new Body(function, values).frozen());
    }
  }

  /** A function that takes values. */
  private final class Body {

    private final FunctionDef.Builder function;
    private final Map<String, NodeDef> nodes = new HashMap<>();
    private final Map<String, DataType> arguments = new HashMap<>();

    /** What nodes read and the function returns, where that has another name now. */
    private final Map<String, String> renamed = new HashMap<>();

    Body(FunctionDef original, Map<Integer, DataType> values) {
      function = original.toBuilder();
      original.getNodeDefList().forEach(node -> nodes.put(node.getName(), node));
      values.forEach(
          (place, type) -> {
            OpDef.ArgDef.Builder argument =
                function.getSignatureBuilder().getInputArgBuilder(place);
            argument.setType(type).clearHandleData();
            function.removeArgAttr(place);
            arguments.put(argument.getName(), type);
          });
    }

    FunctionDef frozen() {
      function.getNodeDefBuilderList().forEach(this::freeze);
      for (NodeDef.Builder node : function.getNodeDefBuilderList()) {
        for (int i = 0; i < node.getInputCount(); i++) {
          node.setInput(i, renamed.getOrDefault(node.getInput(i), node.getInput(i)));
        }
      }
      for (OpDef.ArgDef.Builder result : function.getSignatureBuilder().getOutputArgBuilderList()) {
        String tensor = function.getRetOrThrow(result.getName());
        DataType type = typeOf(tensor);
        if (type != null) {
          result.setType(type).clearHandleData();
        }
        function.putRet(result.getName(), renamed.getOrDefault(tensor, tensor));
      }
      return function.build();
    }

    private void freeze(NodeDef.Builder node) {
      Map<Integer, DataType> values = new TreeMap<>();
      for (int i = 0; i < node.getInputCount(); i++) {
        DataType type = typeOf(node.getInput(i));
        if (type != null) {
          values.put(i, type);
        }
      }
      if (values.isEmpty()) {
        return;
      }
      if (node.getOp().equals("ReadVariableOp")) {
        renamed.put(node.getName() + ":value:0", node.getName() + ":output:0");
      }
      switch (node.getOp()) {
        case "Identity", "ReadVariableOp" ->
            node.setOp("Identity").clearAttr().putAttr("T", attribute(values.get(0)));
        case "ResourceGather" ->
            node.setOp("Gather")
                .removeAttr("dtype")
                .removeAttr("batch_dims")
                .putAttr("Tparams", attribute(values.get(0)));
        default -> freezeCall(node, values);
      }
    }

    private static AttrValue attribute(@Nullable DataType type) {
      return AttrValue.newBuilder().setType(Objects.requireNonNull(type)).build();
    }

    /** The type of the value in the place of the variable that {@code tensor} is; null if none. */
    private @Nullable DataType typeOf(String tensor) {
      String[] parts = tensor.split(":", -1);
      NodeDef node = nodes.get(parts[0]);
      if (parts.length < 3 || node == null) {
        return arguments.get(tensor);
      }
      if (node.getOp().equals("Identity")) {
        return typeOf(node.getInput(0));
      }
      return CalledFunctions.LOOPS.contains(node.getOp())
          ? typeOf(node.getInput(Integer.parseInt(parts[2])))
          : null;
    }
  }
}
