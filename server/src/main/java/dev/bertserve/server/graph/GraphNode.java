package dev.bertserve.server.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;

/**
 * One op of a {@link FlatGraph}. It has no control edges, since a served graph has no side effects.
 */
public final class GraphNode {

  private final String name;
  private final String op;
  private final List<NodeOutput> inputs = new ArrayList<>();
  private final Map<String, AttrValue> attributes = new HashMap<>();
  private final @Nullable Weight weight;

  public GraphNode(String name, String op) {
    this.name = name;
    this.op = op;
    this.weight = null;
  }

  /** A constant with the value {@code weight}. */
  public GraphNode(String name, Weight weight) {
    this.name = name;
    this.op = "Const";
    this.weight = weight;
    setType("dtype", weight.type());
  }

  public String name() {
    return name;
  }

  public String op() {
    return op;
  }

  /** The tensors that this op reads, in order; may be changed. */
  public List<NodeOutput> inputs() {
    return inputs;
  }

  /** The attributes of this op; may be changed. */
  public Map<String, AttrValue> attributes() {
    return attributes;
  }

  /** The value of a constant that is a {@link Weight}; null for any other node. */
  public @Nullable Weight weight() {
    return weight;
  }

  public NodeOutput input(int index) {
    return inputs.get(index);
  }

  public NodeOutput output() {
    return new NodeOutput(this, "", 0);
  }

  public boolean is(String otherOp) {
    return op.equals(otherOp);
  }

  public AttrValue attribute(String attribute) {
    AttrValue value = attributes.get(attribute);
    if (value == null) {
      throw new UnsupportedModelException(
          "node " + name + ": " + op + " without " + attribute + " (expected: present)");
    }
    return value;
  }

  /** An integer attribute; 0 if absent. */
  public long number(String attribute) {
    AttrValue value = attributes.get(attribute);
    return value == null ? 0 : value.getI();
  }

  /** A boolean attribute; false if absent. */
  public boolean flag(String attribute) {
    AttrValue value = attributes.get(attribute);
    return value != null && value.getB();
  }

  public void setType(String attribute, DataType type) {
    attributes.put(attribute, AttrValue.newBuilder().setType(type).build());
  }

  @Override
  public String toString() {
    return op + " " + name;
  }
}
