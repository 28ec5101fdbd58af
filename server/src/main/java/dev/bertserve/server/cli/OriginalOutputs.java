package dev.bertserve.server.cli;

import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.tensorflow.OriginalModel;
import java.util.ArrayList;
import java.util.List;

/**
 * Known outputs from a SavedModel's original graph.
 *
 * @param original the graph
 * @param texts inputs of the served model, in the order of the texts of a golden
 */
public record OriginalOutputs(OriginalModel original, List<String> texts) {

  /** The same texts with the outputs of the original graph. */
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
    List<float[]> results = original.run(rows);
    List<Golden> known = new ArrayList<>(goldens.size());
    for (int row = 0; row < goldens.size(); row++) {
      List<double[]> outputs = new ArrayList<>();
      for (int i = 0; i < results.size(); i++) {
        OutputSpec output = signature.outputs().get(i);
        double[] values = new double[output.rowSize()];
        for (int k = 0; k < values.length; k++) {
          values[k] = results.get(i)[row * values.length + k];
        }
        outputs.add(values);
      }
      known.add(new Golden(goldens.get(row).texts(), outputs));
    }
    return known;
  }
}
