package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** The values of an output of the model. */
final class ValueTensor implements OutputTensor {

  private final OutputSpec spec;
  private final int rows;
  private final float[] values;

  ValueTensor(Prediction prediction, int output) {
    this.spec = prediction.outputs().get(output);
    this.rows = prediction.rows();
    this.values = rows == 0 ? new float[0] : prediction.values().get(output);
  }

  /** The name of the type of an output's values. */
  static String datatype(OutputSpec spec) {
    return spec.whole() ? "INT64" : "FP32";
  }

  @Override
  public String name() {
    return spec.name();
  }

  @Override
  public String datatype() {
    return datatype(spec);
  }

  @Override
  public List<Integer> shape() {
    List<Integer> shape = new ArrayList<>();
    shape.add(rows);
    shape.addAll(spec.rowShape());
    return shape;
  }

  @Override
  public int count() {
    return values.length;
  }

  @Override
  public void write(JsonWriter json, int index) throws IOException {
    if (spec.whole()) {
      json.value((long) values[index]);
    } else {
      json.value(values[index]);
    }
  }

  @Override
  public void write(OutputStream sink, int index) throws IOException {
    if (spec.whole()) {
      LittleEndian.write(sink, (long) values[index], Long.BYTES);
    } else {
      LittleEndian.write(sink, Float.floatToRawIntBits(values[index]), Float.BYTES);
    }
  }

  @Override
  public long bytes() {
    return (long) values.length * (spec.whole() ? Long.BYTES : Float.BYTES);
  }
}
