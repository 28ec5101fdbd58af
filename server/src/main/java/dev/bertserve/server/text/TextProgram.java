package dev.bertserve.server.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model does with the texts of a row before they are tokenised. Immutable; any thread.
 *
 * @param inputs how many texts a row has
 * @param steps in the order in which they are done
 * @param results the values that are tokenised, first segment first
 */
public record TextProgram(int inputs, List<TextStep> steps, List<Integer> results) {

  public TextProgram {
    steps = List.copyOf(steps);
    results = List.copyOf(results);
    List<TextOp.Kind> kinds = new ArrayList<>();
    for (int i = 0; i < inputs; i++) {
      kinds.add(TextOp.Kind.TEXT);
    }
    for (TextStep step : steps) {
      require(step.op().toString(), step.operands(), step.op().operands(), kinds);
      kinds.add(step.op().result());
    }
    List<TextOp.Kind> texts = results.stream().map(ignored -> TextOp.Kind.TEXT).toList();
    require("results", results, texts, kinds);
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

  /** That leaves a row's texts as they are. */
  public static TextProgram unchanged(int inputs) {
    return new TextProgram(inputs, List.of(), IntStream.range(0, inputs).boxed().toList());
  }

  /** Whether it leaves texts as they are. */
  public boolean isUnchanged() {
    boolean unchanged = steps.isEmpty() && results.size() == inputs;
    for (int i = 0; unchanged && i < inputs; i++) {
      unchanged = results.get(i) == i;
    }
    return unchanged;
  }

  /** The texts to be tokenised. */
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
    String[] segments = new String[results.size()];
    for (int i = 0; i < segments.length; i++) {
      segments[i] = TextBytes.text((byte[]) values[results.get(i)]);
    }
    return segments;
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
