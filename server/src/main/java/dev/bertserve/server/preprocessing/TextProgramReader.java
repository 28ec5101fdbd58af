package dev.bertserve.server.preprocessing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.text.TextOp;
import dev.bertserve.server.text.TextProgram;
import dev.bertserve.server.text.TextStep;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import org.tensorflow.proto.DataType;

/**
 * Reads the string ops between the inputs of a graph and what it tokenises or returns. An op or a
 * value that it does not know is an error that names it. One thread.
 */
public final class TextProgramReader {

  private final Function<GraphNode, String> inputOfPlaceholder;
  private final List<String> inputs = new ArrayList<>();
  private final List<TextStep> steps = new ArrayList<>();
  private final Map<GraphNode, Integer> values = new HashMap<>();

  /** The function returns a text placeholder's name in the signature. */
  TextProgramReader(Function<GraphNode, String> inputOfPlaceholder) {
    this.inputOfPlaceholder = inputOfPlaceholder;
  }

  /** The inputs that were read, in the order in which they were met. */
  public List<String> inputs() {
    return List.copyOf(inputs);
  }

  /** The program that computes {@code segments} and {@code others}, each from {@link #value}. */
  TextProgram program(List<Integer> segments, List<Integer> others) {
    List<TextStep> numbered =
        steps.stream()
            .map(
                step -> new TextStep(step.op(), step.operands().stream().map(this::place).toList()))
            .toList();
    return new TextProgram(
        inputs.size(),
        numbered,
        segments.stream().map(this::place).toList(),
        others.stream().map(this::place).toList());
  }

  /** Inputs are -1, -2 and so on while their number is not known. */
  private int place(int value) {
    return value < 0 ? -1 - value : inputs.size() + value;
  }

  /**
   * Reads how {@code tensor} is computed, for those who read U+FFFD for bytes that are no UTF-8, as
   * ICU does. Only parts of so many bytes can have some.
   */
  int decoded(NodeOutput tensor) {
    int value = value(tensor);
    return cutsBytes(value)
        ? step(
            tensor.node(),
            "UnicodeTranscode",
            List.of("UTF-8", "UTF-8", "replace", "65533", "false"),
            List.of(value))
        : value;
  }

  /** The same, for those who read bytes; refuses parts of so many bytes. */
  int ofWholeCharacters(NodeOutput tensor) {
    int value = value(tensor);
    if (cutsBytes(value)) {
      throw TextRefusal.of(tensor.node(), "parts of characters", "whole ones");
    }
    return value;
  }

  private boolean cutsBytes(int value) {
    if (value < 0) {
      return false;
    }
    TextStep step = steps.get(value);
    return (step.op().name().equals("Substr") && step.op().arguments().contains("BYTE"))
        || step.operands().stream().anyMatch(this::cutsBytes);
  }

  /** {@link #decoded}; empty, with nothing read, if an op or a value is not known. */
  public OptionalInt decodedIfKnown(NodeOutput tensor) {
    int before = steps.size();
    try {
      return OptionalInt.of(decoded(tensor));
    } catch (UnsupportedModelException e) {
      steps.subList(before, steps.size()).clear();
      values.values().removeIf(value -> value >= before);
      return OptionalInt.empty();
    }
  }

  /** Reads how {@code tensor} is computed. */
  public int value(NodeOutput tensor) {
    GraphNode node = tensor.node();
    Integer known = values.get(node);
    if (known == null) {
      known = read(node);
      values.put(node, known);
    }
    return known;
  }

  private int read(GraphNode node) {
    return switch (node.op()) {
      case "Placeholder" -> {
        inputs.add(inputOfPlaceholder.apply(node));
        yield -inputs.size();
      }
      case "Reshape", "Squeeze", "ExpandDims", "EnsureShape" -> value(node.input(0));
      case "Fill" -> value(node.input(1));
      case "Const" -> step(node, "Const", List.of(constant(node.output())), List.of());
      case "StringLower", "StringUpper" ->
          step(node, node.op(), List.of(text(node, "encoding", "")), first(node, 1));
      case "StringStrip", "CaseFoldUTF8" -> step(node, node.op(), List.of(), first(node, 1));
      case "NormalizeUTF8" ->
          step(node, node.op(), List.of(text(node, "normalization_form", "NFKC")), first(node, 1));
      case "StaticRegexReplace" ->
          step(
              node,
              "RegexReplace",
              List.of(text(node, "pattern", ""), text(node, "rewrite", ""), all(node)),
              first(node, 1));
      case "RegexReplace" ->
          step(
              node,
              "RegexReplace",
              List.of(constant(node.input(1)), constant(node.input(2)), all(node)),
              first(node, 1));
      case "StaticRegexFullMatch" ->
          step(node, "RegexFullMatch", List.of(text(node, "pattern", "")), first(node, 1));
      case "RegexFullMatch" ->
          step(node, "RegexFullMatch", List.of(constant(node.input(1))), first(node, 1));
      case "Substr" ->
          step(
              node,
              node.op(),
              List.of(number(node.input(1)), number(node.input(2)), text(node, "unit", "BYTE")),
              first(node, 1));
      case "StringLength" ->
          step(node, node.op(), List.of(text(node, "unit", "BYTE")), first(node, 1));
      case "StringJoin" ->
          step(
              node,
              node.op(),
              List.of(text(node, "separator", ""), Integer.toString(node.inputs().size())),
              first(node, node.inputs().size()));
      case "UnsortedSegmentJoin" -> joined(node);
      case "StridedSlice" -> firstPart(node);
      case "UnicodeTranscode" ->
          step(
              node,
              node.op(),
              List.of(
                  text(node, "input_encoding", ""),
                  text(node, "output_encoding", ""),
                  text(node, "errors", "replace"),
                  Long.toString(
                      node.attributes().containsKey("replacement_char")
                          ? node.number("replacement_char")
                          : 0xFFFD),
                  Boolean.toString(node.flag("replace_control_characters"))),
              first(node, 1));
      case "Select", "SelectV2" -> step(node, "Select", List.of(), first(node, 3));
      case "LogicalNot" -> step(node, node.op(), List.of(), first(node, 1));
      case "LogicalAnd", "LogicalOr" -> step(node, node.op(), List.of(), first(node, 2));
      case "Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual" -> compared(node);
      default -> throw TextRefusal.of(node, node.op(), "a known string op");
    };
  }

  /** The parts of a split text as one text again. */
  private int joined(GraphNode join) {
    SplitParts parts = SplitParts.of(join.input(0), join.input(1));
    if (parts == null) {
      throw TextRefusal.of(
          join, "a join of " + join.input(0).node().op(), "of the parts of each text");
    }
    return step(join, join.op(), List.of(text(join, "separator", "")), List.of(parts(parts)));
  }

  /** The first of the parts of each text, padded with empty ones. */
  private int firstPart(GraphNode slice) {
    GraphNode padded = slice.input(0).node();
    boolean first =
        padded.is("RaggedTensorToTensor")
            && constant(padded.input(2)).isEmpty()
            && slice.number("shrink_axis_mask") == 2
            && (slice.number("begin_mask") & slice.number("end_mask") & 1) == 1
            && (slice.number("new_axis_mask") | slice.number("ellipsis_mask")) == 0
            && Arrays.equals(Constants.integers(slice.input(1)), new long[] {0, 0});
    SplitParts parts = first ? SplitParts.of(padded.input(1), padded.input(3)) : null;
    if (parts == null) {
      throw TextRefusal.of(slice, "a slice of " + padded.op(), "the first of a text's parts");
    }
    return step(slice, "FirstPart", List.of(), List.of(parts(parts)));
  }

  private int parts(SplitParts parts) {
    GraphNode split = parts.split();
    long separators = split.attributes().containsKey("maxsplit") ? split.number("maxsplit") : -1;
    int all =
        step(
            split,
            "StringSplit",
            List.of(constant(split.input(1)), Long.toString(separators)),
            first(split, 1));
    return parts.most() == SplitParts.ALL
        ? all
        : step(split, "FirstParts", List.of(Long.toString(parts.most())), List.of(all));
  }

  private int compared(GraphNode node) {
    if (node.attribute("T").getType() == DataType.DT_STRING) {
      int equal = step(node, "TextEqual", List.of(), first(node, 2));
      return node.is("Equal") ? equal : step(node, "LogicalNot", List.of(), List.of(equal));
    }
    boolean constantFirst = node.input(0).node().is("Const");
    String op = constantFirst ? mirrored(node.op()) : node.op();
    NodeOutput constant = node.input(constantFirst ? 0 : 1);
    int compared = value(node.input(constantFirst ? 1 : 0));
    return step(node, op, List.of(number(constant)), List.of(compared));
  }

  private static String mirrored(String comparison) {
    return switch (comparison) {
      case "Greater" -> "Less";
      case "GreaterEqual" -> "LessEqual";
      case "Less" -> "Greater";
      case "LessEqual" -> "GreaterEqual";
      default -> comparison;
    };
  }

  private int step(GraphNode node, String op, List<String> arguments, List<Integer> operands) {
    try {
      steps.add(new TextStep(TextOp.of(op, arguments), operands));
    } catch (IllegalArgumentException e) {
      throw TextRefusal.of("node " + node.name() + ": " + e.getMessage());
    }
    return steps.size() - 1;
  }

  private List<Integer> first(GraphNode node, int count) {
    List<Integer> operands = new ArrayList<>();
    for (NodeOutput input : node.inputs().subList(0, count)) {
      operands.add(value(input));
    }
    return operands;
  }

  private static String all(GraphNode node) {
    return Boolean.toString(replacesAll(node));
  }

  /** Whether {@code node}, a RegexReplace of either kind, replaces more than the first match. */
  static boolean replacesAll(GraphNode node) {
    return !node.attributes().containsKey("replace_global") || node.flag("replace_global");
  }

  /** An attribute, a byte a character. */
  static String text(GraphNode node, String attribute, String otherwise) {
    return node.attributes().containsKey(attribute)
        ? node.attribute(attribute).getS().toString(ISO_8859_1)
        : otherwise;
  }

  /** The only text of a constant, a byte a character. */
  static String constant(NodeOutput tensor) {
    NodeOutput source = tensor;
    while (source.node().is("Reshape") || source.node().is("ExpandDims")) {
      source = source.node().input(0);
    }
    List<ByteString> texts = Constants.strings(source);
    if (texts.size() != 1) {
      throw TextRefusal.of(tensor.node(), texts.size() + " texts", "one");
    }
    return texts.get(0).toString(ISO_8859_1);
  }

  private static String number(NodeOutput tensor) {
    return Long.toString(Constants.integer(tensor));
  }
}
