package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import java.io.IOException;
import java.util.List;

/** Writes one output of each row as nested arrays; a row may take several calls. */
public final class TensorWriter {

  private final List<Integer> shape;
  private final ValueWriter values;
  private final int rowSize;

  /**
   * Number of values in an array of each axis, from the outermost one inwards; empty for a bare
   * number.
   */
  private final int[] sizes;

  /** Number of values of the current row that are written. */
  private int at;

  /** Writes arrays as the shape says; in the scalar form, one value is a bare one. */
  public TensorWriter(OutputSpec spec, Column values, PredictionForm form, NumberText numbers) {
    this.shape = spec.rowShape();
    this.values = ValueWriter.of(values, spec.type(), numbers);
    this.rowSize = spec.rowSize();
    boolean bare = form == PredictionForm.SCALAR && rowSize == 1;
    this.sizes = bare ? new int[0] : sizes(shape);
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
      values.write(json, start + at);
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
