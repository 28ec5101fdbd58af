package dev.bertserve.server.protocol.oip;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.bertserve.proto.oip.InferTensorContents;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.TopValues;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ValueType;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The best classes of each row, as texts of value and index, {@code 0.98:1}, and of the label if
 * the model has an output of as many texts: {@code 0.98:1:positive}.
 */
final class ClassTensor implements OutputTensor {

  private final OutputSpec spec;
  private final int rows;
  private final int classes;
  private final Column values;
  private final Column.@Nullable Texts labels;

  /** Indices of the best classes of {@link #row}, best first. */
  private int[] best = {};

  private int row = -1;

  /** {@code classes} is cut to the number of values of a row. */
  ClassTensor(Prediction prediction, int output, int classes) {
    this.spec = prediction.outputs().get(output);
    this.rows = prediction.rows();
    this.values = prediction.values().get(output);
    this.classes = Math.min(classes, spec.rowSize());
    int texts = TopValues.labels(prediction.outputs(), spec.rowSize());
    this.labels = texts < 0 ? null : (Column.Texts) prediction.values().get(texts);
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
  public void write(CodedOutputStream sink, int index) throws IOException {
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
      bytes += LittleEndian.bytes(text(i));
    }
    return bytes;
  }

  private String text(int index) {
    if (row != index / classes) {
      row = index / classes;
      best = TopValues.indices(values, row * spec.rowSize(), spec.rowSize(), classes);
    }
    int chosen = best[index % classes];
    int at = row * spec.rowSize() + chosen;
    String text = number(at) + ":" + chosen;
    return labels == null ? text : text + ":" + labels.values()[at];
  }

  private String number(int at) {
    if (values instanceof Column.Floats floats) {
      return Float.toString(floats.values()[at]);
    }
    if (values instanceof Column.Longs longs) {
      long value = longs.values()[at];
      return spec.type() == ValueType.UINT64 ? Long.toUnsignedString(value) : Long.toString(value);
    }
    return Double.toString(values.number(at));
  }
}
