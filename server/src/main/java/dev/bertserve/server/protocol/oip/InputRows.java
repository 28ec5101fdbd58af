package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.rows.RowList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes rows of a request's inputs. */
final class InputRows {

  private static final String BYTES = "BYTES";

  private InputRows() {}

  /** The rows, each with its texts in the order of {@code names}. */
  static RowList of(List<InputTensor> inputs, List<String> names, int maxRows) {
    Map<String, InputTensor> byName = new HashMap<>();
    for (InputTensor input : inputs) {
      requireKnown(input, names);
      requireWhole(input);
      if (byName.put(input.name(), input) != null) {
        throw InferReader.invalid("input " + input.name() + ": twice (expected: each input once)");
      }
    }
    for (String name : names) {
      if (!byName.containsKey(name)) {
        throw InferReader.invalid("input " + name + ": missing (expected: inputs " + names + ")");
      }
    }
    int count = inputs.get(0).texts().size();
    RowList rows = new RowList("inputs", maxRows);
    for (InputTensor input : inputs) {
      if (input.texts().size() != count) {
        throw InferReader.invalid(
            "input %s: %d rows (expected: %d, as input %s)"
                .formatted(input.name(), input.texts().size(), count, inputs.get(0).name()));
      }
    }
    for (int row = 0; row < count; row++) {
      String[] texts = new String[names.size()];
      for (InputTensor input : inputs) {
        texts[names.indexOf(input.name())] = input.texts().get(row);
      }
      rows.add(texts);
    }
    return rows;
  }

  private static void requireKnown(InputTensor input, List<String> names) {
    if (!names.contains(input.name())) {
      throw InferReader.invalid(
          "input "
              + InferReader.shown(input.name())
              + ": unknown (expected: inputs "
              + names
              + ")");
    }
    if (!input.datatype().equals(BYTES)) {
      throw InferReader.invalid(
          "input "
              + input.name()
              + ": datatype "
              + InferReader.shown(input.datatype())
              + " (expected: BYTES)");
    }
  }

  /** A row is one text, so all dimensions but the first are 1. */
  private static void requireWhole(InputTensor input) {
    int count = input.texts().size();
    List<Long> shape = input.shape();
    boolean fits =
        !shape.isEmpty()
            && shape.get(0) == count
            && shape.stream().skip(1).allMatch(size -> size == 1);
    if (!fits) {
      throw InferReader.invalid(
          "input %s: shape %s (expected: [%d] or [%d, 1] for %d values)"
              .formatted(input.name(), shape, count, count, count));
    }
  }
}
