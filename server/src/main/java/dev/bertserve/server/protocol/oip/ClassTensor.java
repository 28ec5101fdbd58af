package dev.bertserve.server.protocol.oip;

import com.google.protobuf.ByteString;
import dev.bertserve.proto.oip.InferTensorContents;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;

/** The best classes of each row, as texts of value and index: {@code 0.98:1}. */
final class ClassTensor implements OutputTensor {

  private final OutputSpec spec;
  private final int rows;
  private final int classes;
  private final Column values;

  /** Indices of the best classes of {@link #row}, best first. */
  private final int[] best;

  private int row = -1;

  /** {@code classes} is cut to the number of values of a row. */
  ClassTensor(Prediction prediction, int output, int classes) {
    this.spec = prediction.outputs().get(output);
    this.rows = prediction.rows();
    this.values = prediction.values().get(output);
    this.classes = Math.min(classes, spec.rowSize());
    this.best = new int[this.classes];
  }

  @Override
  public String name() {
    return spec.name();
  }

  @Override
  public String datatype() {
    return "BYTES";
  }

  @Override
  public List<Integer> shape() {
    return List.of(rows, classes);
  }

  @Override
  public int count() {
    return rows * classes;
  }

  @Override
  public void write(JsonWriter json, int index) throws IOException {
    json.value(text(index));
  }

  @Override
  public void write(OutputStream sink, int index) throws IOException {
    LittleEndian.write(sink, text(index));
  }

  @Override
  public void write(InferTensorContents.Builder contents, int index) {
    contents.addBytesContents(ByteString.copyFromUtf8(text(index)));
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (int i = 0; i < count(); i++) {
      bytes += Integer.BYTES + text(i).length();
    }
    return bytes;
  }

  private String text(int index) {
    if (row != index / classes) {
      row = index / classes;
      rank(row * spec.rowSize());
    }
    int best = this.best[index % classes];
    int at = row * spec.rowSize() + best;
    return (values instanceof Column.Floats floats
            ? Float.toString(floats.values()[at])
            : Double.toString(value(at)))
        + ":"
        + best;
  }

  private double value(int index) {
    if (values instanceof Column.Floats floats) {
      return floats.values()[index];
    }
    return values instanceof Column.Doubles doubles
        ? doubles.values()[index]
        : ((Column.Longs) values).values()[index];
  }

  /** Finds the best classes of the row that starts at {@code from}; of equal ones the first. */
  private void rank(int from) {
    long[] order = new long[spec.rowSize()];
    for (int i = 0; i < order.length; i++) {
      // The lower half of a key is the index; the upper half falls as the value grows.
      int bits = Float.floatToIntBits((float) value(from + i));
      int rising = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
      order[i] = ((long) ~rising << Integer.SIZE) | i;
    }
    Arrays.sort(order);
    for (int rank = 0; rank < classes; rank++) {
      best[rank] = (int) order[rank];
    }
  }
}
