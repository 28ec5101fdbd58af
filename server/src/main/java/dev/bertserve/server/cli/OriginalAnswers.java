package dev.bertserve.server.cli;

import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.tensorflow.OriginalModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Known answers from a SavedModel's own graph.
 *
 * @param original the graph
 * @param texts the served model's inputs, in the order in which a golden has its texts
 */
public record OriginalAnswers(OriginalModel original, List<String> texts) {

  /** The same texts, with what the original answers to them. */
  public List<Golden> of(List<Golden> goldens) {
    ModelSignature signature = original.signature();
    List<List<String>> rows = new ArrayList<>(goldens.size());
    for (Golden golden : goldens) {
      String[] row = new String[texts.size()];
      for (int i = 0; i < row.length; i++) {
        row[signature.inputs().indexOf(texts.get(i))] = golden.texts().get(i);
      }
      rows.add(List.of(row));
    }
    List<float[]> answers = original.run(rows);
    List<Golden> known = new ArrayList<>(goldens.size());
    for (int row = 0; row < goldens.size(); row++) {
      List<double[]> outputs = new ArrayList<>();
      for (int i = 0; i < answers.size(); i++) {
        OutputSpec output = signature.outputs().get(i);
        double[] values = new double[output.rowSize()];
        for (int k = 0; k < values.length; k++) {
          values[k] = answers.get(i)[row * values.length + k];
        }
        outputs.add(values);
      }
      known.add(new Golden(goldens.get(row).texts(), outputs));
    }
    return known;
  }
}
