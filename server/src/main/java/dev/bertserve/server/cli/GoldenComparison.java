package dev.bertserve.server.cli;

import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.EncodedRow;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.NamedSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.wiring.LoadedModel;
import java.util.ArrayList;
import java.util.List;

/** Compares a model with known outputs. */
final class GoldenComparison {

  private GoldenComparison() {}

  /** The largest difference of an output: infinite if texts differ, NaN if a value is NaN. */
  static double largestDifference(LoadedModel loaded, List<Golden> goldens) {
    List<EncodedRow> rows = new ArrayList<>(goldens.size());
    for (Golden golden : goldens) {
      rows.add(loaded.encoding().encode(golden.texts().toArray(new String[0]), golden.others()));
    }
    List<Column> results = loaded.engine().runAll(rows);
    double largest = 0;
    for (int row = 0; row < rows.size(); row++) {
      double difference =
          difference(loaded.model().signatures().get(0), results, row, goldens.get(row));
      if (Double.isNaN(difference)) {
        return difference;
      }
      largest = Math.max(largest, difference);
    }
    return largest;
  }

  /** The largest difference of one row; NaN if there is one. */
  private static double difference(
      NamedSignature served, List<Column> results, int row, Golden golden) {
    ModelSignature signature = served.signature();
    double largest = 0;
    int computed = 0;
    for (int i = 0; i < signature.outputs().size(); i++) {
      OutputSpec output = signature.outputs().get(i);
      int size = output.rowSize();
      Column found =
          output.isComputed()
              ? results.get(served.columns().get(computed++)).slice(row * size, (row + 1) * size)
              : golden.input(signature.placeOf(output.input()));
      for (int k = 0; k < size; k++) {
        // NaN if one of both is
        largest = Math.max(largest, golden.outputs().get(i).difference(k, found));
      }
    }
    return largest;
  }
}
