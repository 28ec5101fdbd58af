package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.bertserve.tokenizer.NormalForm;
import java.util.Collections;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * One string op of TensorFlow, with its attributes and constants. Immutable; any thread.
 *
 * <p>Arguments hold a byte a character, since TensorFlow's strings are bytes.
 */
public final class TextOp {

  private final String name;
  private final List<String> arguments;
  private final List<Kind> operands;
  private final Kind result;
  private final Work work;

  private TextOp(String name, List<String> arguments, List<Kind> operands, Kind result, Work work) {
    this.name = name;
    this.arguments = List.copyOf(arguments);
    this.operands = List.copyOf(operands);
    this.result = result;
    this.work = work;
  }

  /** What an op takes or gives. */
  enum Kind {
    TEXT,
    FLAG,
    NUMBER,
    PARTS
  }

  private interface Work {
    Object of(Object[] operands);
  }

  /**
   * The op called {@code name} by TensorFlow; comparisons, Const, FirstPart and FirstParts are by
   * these names too.
   *
   * @throws IllegalArgumentException if it, or an argument, is not known
   */
  public static TextOp of(String name, List<String> arguments) {
    Arguments given = new Arguments(name, arguments);
    return switch (name) {
      case "Const" -> {
        byte[] value = given.bytes(0);
        yield new TextOp(name, arguments, List.of(), Kind.TEXT, ignored -> value);
      }
      case "StringLower" ->
          onText(given, given.isUtf8(0) ? CaseMapping::lowerCase : CaseMapping::lowerCaseAscii);
      case "StringUpper" ->
          onText(given, given.isUtf8(0) ? CaseMapping::upperCase : CaseMapping::upperCaseAscii);
      case "StringStrip" -> onText(given, WhiteSpace::strip);
      case "CaseFoldUTF8" -> onText(given, new Normalized(NormalForm.NFKC_CASEFOLD)::of);
      case "NormalizeUTF8" -> onText(given, new Normalized(given.form(0))::of);
      case "UnicodeTranscode" -> onText(given, Transcoding.of(arguments)::of);
      case "RegexReplace" -> {
        Re2Pattern pattern = new Re2Pattern(given.utf8(0));
        Rewrite rewrite = new Rewrite(given.bytes(1));
        boolean all = given.isTrue(2);
        yield onText(given, text -> pattern.replace(text, rewrite, all));
      }
      case "RegexFullMatch" -> {
        Re2Pattern pattern = new Re2Pattern(given.utf8(0));
        yield test(given, pattern::matches);
      }
      case "Substr" -> onText(given, Substring.of(arguments)::of);
      case "StringLength" -> {
        boolean codePoints = given.isCodePoints(0);
        yield new TextOp(
            name,
            arguments,
            List.of(Kind.TEXT),
            Kind.NUMBER,
            values -> Substring.units((byte[]) values[0], codePoints));
      }
      case "StringJoin" -> {
        byte[] separator = given.bytes(0);
        List<Kind> texts = Collections.nCopies((int) given.number(1), Kind.TEXT);
        yield new TextOp(
            name, arguments, texts, Kind.TEXT, values -> Parts.join(List.of(values), separator));
      }
      case "StringSplit" -> {
        byte[] separator = given.bytes(0);
        long most = given.number(1);
        yield new TextOp(
            name,
            arguments,
            List.of(Kind.TEXT),
            Kind.PARTS,
            values -> Parts.split((byte[]) values[0], separator, most));
      }
      case "FirstParts" -> {
        long most = given.number(0);
        yield new TextOp(
            name,
            arguments,
            List.of(Kind.PARTS),
            Kind.PARTS,
            values -> Parts.first((List<?>) values[0], most));
      }
      case "FirstPart" ->
          new TextOp(
              name,
              arguments,
              List.of(Kind.PARTS),
              Kind.TEXT,
              values -> Parts.first((List<?>) values[0]));
      case "UnsortedSegmentJoin" -> {
        byte[] separator = given.bytes(0);
        yield new TextOp(
            name,
            arguments,
            List.of(Kind.PARTS),
            Kind.TEXT,
            values -> Parts.joinSegment((List<?>) values[0], separator));
      }
      case "Select" ->
          new TextOp(
              name,
              arguments,
              List.of(Kind.FLAG, Kind.TEXT, Kind.TEXT),
              Kind.TEXT,
              values -> (Boolean) values[0] ? values[1] : values[2]);
      case "TextEqual" ->
          new TextOp(
              name,
              arguments,
              List.of(Kind.TEXT, Kind.TEXT),
              Kind.FLAG,
              values -> java.util.Arrays.equals((byte[]) values[0], (byte[]) values[1]));
      case "LogicalNot" ->
          new TextOp(
              name, arguments, List.of(Kind.FLAG), Kind.FLAG, values -> !(Boolean) values[0]);
      case "LogicalAnd" -> onFlags(given, (a, b) -> a && b);
      case "LogicalOr" -> onFlags(given, (a, b) -> a || b);
      case "Greater" -> compare(given, (a, b) -> a > b);
      case "GreaterEqual" -> compare(given, (a, b) -> a >= b);
      case "Less" -> compare(given, (a, b) -> a < b);
      case "LessEqual" -> compare(given, (a, b) -> a <= b);
      case "Equal" -> compare(given, (a, b) -> a == b);
      case "NotEqual" -> compare(given, (a, b) -> a != b);
      default ->
          throw new IllegalArgumentException("op: " + name + " (expected: a known string op)");
    };
  }

  private static TextOp onText(Arguments given, UnaryOperator<byte[]> work) {
    return new TextOp(
        given.op(),
        given.all(),
        List.of(Kind.TEXT),
        Kind.TEXT,
        values -> work.apply((byte[]) values[0]));
  }

  private static TextOp test(Arguments given, Predicate<byte[]> work) {
    return new TextOp(
        given.op(),
        given.all(),
        List.of(Kind.TEXT),
        Kind.FLAG,
        values -> work.test((byte[]) values[0]));
  }

  private static TextOp onFlags(Arguments given, BinaryOperator<Boolean> work) {
    return new TextOp(
        given.op(),
        given.all(),
        List.of(Kind.FLAG, Kind.FLAG),
        Kind.FLAG,
        values -> work.apply((Boolean) values[0], (Boolean) values[1]));
  }

  private interface Comparison {
    boolean of(long first, long second);
  }

  private static TextOp compare(Arguments given, Comparison comparison) {
    long constant = given.number(0);
    LongPredicate holds = number -> comparison.of(number, constant);
    return new TextOp(
        given.op(),
        given.all(),
        List.of(Kind.NUMBER),
        Kind.FLAG,
        values -> holds.test((Long) values[0]));
  }

  /** TensorFlow's name of it. */
  public String name() {
    return name;
  }

  public List<String> arguments() {
    return arguments;
  }

  List<Kind> operands() {
    return operands;
  }

  Kind result() {
    return result;
  }

  Object apply(Object[] values) {
    return work.of(values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TextOp op && op.name.equals(name) && op.arguments.equals(arguments);
  }

  @Override
  public int hashCode() {
    return 31 * name.hashCode() + arguments.hashCode();
  }

  /** For people. */
  @Override
  public String toString() {
    List<String> shown =
        arguments.stream().map(a -> TextBytes.shown(a.getBytes(ISO_8859_1))).toList();
    return shown.isEmpty() ? name : name + " " + String.join(" ", shown);
  }
}
