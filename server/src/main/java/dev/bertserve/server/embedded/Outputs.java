package dev.bertserve.server.embedded;

import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The outputs of one row, by name. Immutable, but for the arrays that it returns as they are. */
public final class Outputs {

  private final Map<String, Column> values;

  private Outputs(Map<String, Column> values) {
    this.values = values;
  }

  /** One entry for each row of {@code prediction}, which the caller closes. */
  static List<Outputs> of(Prediction prediction) {
    List<Outputs> rows = new ArrayList<>(prediction.rows());
    for (int row = 0; row < prediction.rows(); row++) {
      Map<String, Column> values = new LinkedHashMap<>();
      for (int i = 0; i < prediction.outputs().size(); i++) {
        OutputSpec output = prediction.outputs().get(i);
        int size = output.rowSize();
        values.put(output.name(), prediction.values().get(i).slice(row * size, (row + 1) * size));
      }
      rows.add(new Outputs(values));
    }
    return rows;
  }

  /** Names of the outputs, in the order of the signature. */
  public Set<String> names() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /**
   * The only value of the only output, such as a probability. Throws IllegalStateException if there
   * are several, or if it is not a floating-point number of 32 bits or less.
   */
  public float score() {
    if (values.size() == 1
        && values.values().iterator().next() instanceof Column.Floats floats
        && floats.size() == 1) {
      return floats.values()[0];
    }
    throw new IllegalStateException(
        "outputs: " + values.keySet() + " (expected: one, of one float)");
  }

  /**
   * Values of an output of float32, bfloat16 or float16, row-major in the shape of the signature.
   * Throws IllegalArgumentException for another name or type, as the following methods do.
   */
  public float[] floats(String name) {
    return column(name, Column.Floats.class).values();
  }

  /** Values of an output of float64. */
  public double[] doubles(String name) {
    return column(name, Column.Doubles.class).values();
  }

  /**
   * Values of an output of integers, or of booleans as 0 and 1; unsigned ones of 64 bits as two's
   * complement.
   */
  public long[] longs(String name) {
    return column(name, Column.Longs.class).values();
  }

  /** Values of an output of strings. */
  public String[] texts(String name) {
    return column(name, Column.Texts.class).values();
  }

  private <C extends Column> C column(String name, Class<C> type) {
    Column column = values.get(name);
    if (column == null) {
      throw new IllegalArgumentException(
          "output: " + name + " (expected: one of " + values.keySet() + ")");
    }
    if (!type.isInstance(column)) {
      throw new IllegalArgumentException(
          "output: "
              + name
              + " as "
              + type.getSimpleName()
              + " (expected: "
              + column.getClass().getSimpleName()
              + ")");
    }
    return type.cast(column);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
