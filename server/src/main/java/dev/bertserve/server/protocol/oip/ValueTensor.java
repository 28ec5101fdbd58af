package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.ValueWriter;
import dev.bertserve.server.serving.Column;
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
  private final Column values;
  private final ValueWriter writer;
  private final int width;

  ValueTensor(Prediction prediction, int output) {
    this.spec = prediction.outputs().get(output);
    this.rows = prediction.rows();
    this.values = prediction.values().get(output);
    this.writer = ValueWriter.of(values, spec.type());
    this.width = Datatype.width(spec.type());
  }

  @Override
  public String name() {
    return spec.name();
  }

  @Override
  public String datatype() {
    return Datatype.of(spec.type());
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
    return values.size();
  }

  @Override
  public void write(JsonWriter json, int index) throws IOException {
    writer.write(json, index);
  }

  @Override
  public void write(OutputStream sink, int index) throws IOException {
    if (values instanceof Column.Floats floats) {
      LittleEndian.write(sink, Float.floatToRawIntBits(floats.values()[index]), width);
    } else if (values instanceof Column.Doubles doubles) {
      LittleEndian.write(sink, Double.doubleToRawLongBits(doubles.values()[index]), width);
    } else if (values instanceof Column.Longs longs) {
      LittleEndian.write(sink, longs.values()[index], width);
    } else {
      LittleEndian.write(sink, ((Column.Texts) values).values()[index]);
    }
  }

  @Override
  public long bytes() {
    if (!(values instanceof Column.Texts texts)) {
      return (long) values.size() * width;
    }
    long bytes = 0;
    for (String text : texts.values()) {
      bytes += LittleEndian.bytes(text);
    }
    return bytes;
  }
}
