package dev.bertserve.server.text;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model does with the texts of a row outside its encoder. Immutable; any thread.
 *
 * @param inputs how many texts a row has, at the most
 * @param steps in the order in which they are done
 * @param segments the values that are tokenised, in the order of a row's segments
 * @param others the values that outputs read
 */
public record TextProgram(
    int inputs, List<TextStep> steps, List<Integer> segments, List<Integer> others) {

  public TextProgram {
    steps = List.copyOf(steps);
    segments = List.copyOf(segments);
    others = List.copyOf(others);
    List<TextOp.Kind> kinds = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      kinds.add(TextOp.Kind.TEXT);
    }
    for (TextStep step : steps) {
      require(step.op().toString(), step.operands(), step.op().operands(), kinds);
      kinds.add(step.op().result());
    }
    requireTexts("segments", segments, kinds);
    requireTexts("others", others, kinds);
  }

  private static void requireTexts(String what, List<Integer> values, List<TextOp.Kind> known) {
    require(what, values, Collections.nCopies(values.size(), TextOp.Kind.TEXT), known);
  }

  private static void require(
      String what, List<Integer> operands, List<TextOp.Kind> expected, List<TextOp.Kind> known) {
    boolean valid = operands.size() == expected.size();
    for (int i = 0; valid && i < operands.size(); i++) {
      int operand = operands.get(i);
      valid = operand >= 0 && operand < known.size() && known.get(operand) == expected.get(i);
    }
    if (!valid) {
      throw new IllegalArgumentException(what + ": " + operands + " (expected: " + expected + ")");
    }
  }

  /** That leaves a row's texts as they are, also if the row has fewer than {@code inputs}. */
  public static TextProgram unchanged(int inputs) {
    return new TextProgram(
        inputs, List.of(), IntStream.range(0, inputs).boxed().toList(), List.of());
  }

  /** Whether a row's texts are its segments, and all that it makes. */
  public boolean isUnchanged() {
    boolean unchanged = steps.isEmpty() && segments.size() == inputs && others.isEmpty();
    for (int i = 0; unchanged && i < inputs; i++) {
      unchanged = segments.get(i) == i;
    }
    return unchanged;
  }

  /** The segments of a row of {@code texts}, then the texts that outputs read. */
  public String[] apply(String... texts) {
    if (isUnchanged()) {
      return texts;
    }
    Object[] values = new Object[inputs + steps.size()];
    for (int i = 0; i < inputs; i++) {
      values[i] = TextBytes.of(texts[i]);
    }
    for (int i = 0; i < steps.size(); i++) {
      TextStep step = steps.get(i);
      Object[] operands = new Object[step.operands().size()];
      for (int k = 0; k < operands.length; k++) {
        operands[k] = values[step.operands().get(k)];
      }
      values[inputs + i] = step.op().apply(operands);
    }
    String[] made = new String[segments.size() + others.size()];
    for (int i = 0; i < made.length; i++) {
      int value = i < segments.size() ? segments.get(i) : others.get(i - segments.size());
      made[i] = text(values[value], values, texts);
    }
    return made;
  }

  /** Ops that change nothing return the same bytes, which need not be decoded. */
  private String text(Object made, Object[] values, String[] texts) {
    for (int i = 0; i < inputs; i++) {
      if (made == values[i]) {
        return texts[i];
      }
    }
    return TextBytes.text((byte[]) made);
  }

  /** The steps for people, one after the other. */
  public List<String> describe() {
    List<String> described = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      TextStep step = steps.get(i);
      boolean chained = step.operands().equals(List.of(Math.max(0, inputs + i - 1))) && inputs == 1;
      described.add(
          chained
              ? step.op().toString()
              : (inputs + i) + " = " + step.op() + " of " + step.operands());
    }
    return described;
  }
}
