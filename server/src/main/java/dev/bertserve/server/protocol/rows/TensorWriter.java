package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.OutputSpec;
import java.io.IOException;
import java.util.List;

/** Writes one output of each row as nested arrays; a row may take several calls. */
public final class TensorWriter {

  private final List<Integer> shape;
  private final float[] values;
  private final boolean whole;
  private final NumberText numbers;
  private final int rowSize;

  /**
   * Number of values in an array of each axis, from the outermost one inwards; empty for a bare
   * number.
   */
  private final int[] sizes;

  /** Number of values of the current row that are written. */
  private int at;

  private TensorWriter(OutputSpec spec, float[] values, int[] sizes, NumberText numbers) {
    this.shape = spec.rowShape();
    this.values = values;
    this.whole = spec.whole();
    this.rowSize = spec.rowSize();
    this.sizes = sizes;
    this.numbers = numbers;
  }

  /** Writes arrays as the shape says; in the scalar form, one value is a bare number. */
  public static TensorWriter of(
      OutputSpec spec, float[] values, PredictionForm form, NumberText numbers) {
    boolean bare = form == PredictionForm.SCALAR && spec.rowSize() == 1;
    return new TensorWriter(spec, values, bare ? new int[0] : sizes(spec.rowShape()), numbers);
  }

  /** Writes the values one after the other, without arrays. */
  public static TensorWriter flat(OutputSpec spec, float[] values) {
    return new TensorWriter(spec, values, new int[0], NumberText.SHORTEST);
  }

  /** Whether no row is partly written. */
  public boolean isBetweenRows() {
    return at == 0;
  }

  /** Writes the rest of {@code row}; returns whether it is complete. If not, the piece is full. */
  public boolean write(JsonWriter json, int row, PieceSink sink) throws IOException {
    if (rowSize == 0) {
      writeEmpty(json, 0);
      return true;
    }
    int start = row * rowSize;
    while (at < rowSize) {
      open(json);
      writeNumber(json, values[start + at]);
      at++;
      close(json);
      if (at < rowSize && sink.isFull()) {
        return false;
      }
    }
    at = 0;
    return true;
  }

  /** Opens the arrays whose first value comes next. */
  private void open(JsonWriter json) throws IOException {
    for (int size : sizes) {
      if (at % size == 0) {
        json.beginArray();
      }
    }
  }

  /** Closes the arrays whose last value was written. */
  private void close(JsonWriter json) throws IOException {
    for (int size : sizes) {
      if (at % size == 0) {
        json.endArray();
      }
    }
  }

  private void writeNumber(JsonWriter json, float value) throws IOException {
    if (whole) {
      json.value((long) value);
    } else {
      numbers.write(json, value);
    }
  }

  /** Writes arrays that contain no values. */
  private void writeEmpty(JsonWriter json, int axis) throws IOException {
    json.beginArray();
    for (int i = 0; axis + 1 < shape.size() && i < shape.get(axis); i++) {
      writeEmpty(json, axis + 1);
    }
    json.endArray();
  }

  private static int[] sizes(List<Integer> shape) {
    int[] sizes = new int[shape.size()];
    int size = 1;
    for (int axis = sizes.length - 1; axis >= 0; axis--) {
      size *= shape.get(axis);
      sizes[axis] = size;
    }
    return sizes;
  }
}
