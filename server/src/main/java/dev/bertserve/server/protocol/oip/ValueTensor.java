package dev.bertserve.server.protocol.oip;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.bertserve.proto.oip.InferTensorContents;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.ValueWriter;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ValueType;
import java.io.IOException;
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
  public void write(CodedOutputStream sink, int index) throws IOException {
    if (values instanceof Column.Floats floats) {
      sink.writeFloatNoTag(floats.values()[index]);
    } else if (values instanceof Column.Doubles doubles) {
      sink.writeDoubleNoTag(doubles.values()[index]);
    } else if (values instanceof Column.Longs longs) {
      LittleEndian.write(sink, longs.values()[index], width);
    } else {
      LittleEndian.write(sink, ((Column.Texts) values).values()[index]);
    }
  }

  @Override
  public void write(InferTensorContents.Builder contents, int index) {
    if (values instanceof Column.Floats floats) {
      contents.addFp32Contents(floats.values()[index]);
    } else if (values instanceof Column.Doubles doubles) {
      contents.addFp64Contents(doubles.values()[index]);
    } else if (values instanceof Column.Longs longs) {
      write(contents, longs.values()[index], spec.type());
    } else {
      String text = ((Column.Texts) values).values()[index];
      contents.addBytesContents(ByteString.copyFromUtf8(text));
    }
  }

  private static void write(InferTensorContents.Builder contents, long value, ValueType type) {
    switch (type) {
      case BOOL -> contents.addBoolContents(value != 0);
      case INT8, INT16, INT32 -> contents.addIntContents((int) value);
      case UINT8, UINT16, UINT32 -> contents.addUintContents((int) value);
      case UINT64 -> contents.addUint64Contents(value);
      default -> contents.addInt64Contents(value);
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
