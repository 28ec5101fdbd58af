package dev.bertserve.server.cli;

import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.TextRow;
import dev.bertserve.server.tensorflow.OriginalModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Known outputs from a SavedModel's original graph.
 *
 * @param original the graph
 * @param inputs of the served model, in the order of the values of a golden
 */
public record OriginalOutputs(OriginalModel original, List<InputSpec> inputs) {

  /** The same inputs with the outputs of the original graph. */
  public List<Golden> of(List<Golden> goldens) {
    List<TextRow> rows = new ArrayList<>(goldens.size());
    for (Golden golden : goldens) {
      rows.add(row(golden));
    }
    List<Column> results = original.run(rows);
    List<Golden> known = new ArrayList<>(goldens.size());
    for (int row = 0; row < goldens.size(); row++) {
      List<Column> outputs = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        int size = original.outputs().get(i).rowSize();
        outputs.add(results.get(i).slice(row * size, (row + 1) * size));
      }
      known.add(new Golden(goldens.get(row).texts(), goldens.get(row).others(), outputs));
    }
    return known;
  }

  /** The values in the order of the graph's inputs, which may call more of them texts. */
  private TextRow row(Golden golden) {
    Map<String, Column> values = new HashMap<>();
    for (int i = 0; i < inputs.size(); i++) {
      values.put(inputs.get(i).name(), golden.input(i));
    }
    List<String> texts = new ArrayList<>();
    List<Column> others = new ArrayList<>();
    for (InputSpec input : original.signature().inputs()) {
      Column value = values.get(input.name());
      if (value == null) {
        throw new IllegalArgumentException(
            "inputs: no " + input.name() + " (expected: all inputs of the original graph)");
      }
      if (input.isText()) {
        texts.add(((Column.Texts) value).values()[0]);
      } else {
        others.add(value);
      }
    }
    return new TextRow(texts, others);
  }
}
