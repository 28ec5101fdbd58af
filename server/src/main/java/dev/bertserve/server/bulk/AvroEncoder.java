package dev.bertserve.server.bulk;

import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;

/**
 * An Avro object container file; each {@link #take} has whole blocks. Its marker between blocks
 * depends on the schema alone, so a later run can add blocks without reading the file.
 */
final class AvroEncoder implements RowEncoder {

  private static final int MARKER_BYTES = 16;

  private final OutputTable table;
  private final Schema schema;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataFileWriter<GenericRecord> writer =
      new DataFileWriter<>(new GenericDatumWriter<>());

  AvroEncoder(OutputTable table) {
    this.table = table;
    this.schema = schema(table);
    writer.setCodec(CodecFactory.deflateCodec(1));
  }

  @Override
  public byte[] header() throws IOException {
    writer.create(schema, bytes, marker(schema));
    return take();
  }

  @Override
  public void add(List<FileRow> rows, Prediction prediction) throws IOException {
    for (int i = 0; i < rows.size(); i++) {
      writer.append(record(rows.get(i), prediction, i));
    }
  }

  private GenericRecord record(FileRow row, Prediction prediction, int index) {
    GenericRecord fields = new GenericData.Record(schema);
    int place = 0;
    for (Object value : table.first(row)) {
      fields.put(place++, value instanceof JsonText ? value.toString() : value);
    }
    for (int i = 0; i < table.outputs().size(); i++) {
      fields.put(place++, value(table.outputs().get(i), prediction.values().get(i), index));
    }
    return fields;
  }

  private static Object value(OutputSpec output, Column column, int row) {
    int size = output.rowSize();
    if (size == 1) {
      return OutputTable.value(output, column, row);
    }
    List<Object> values = new ArrayList<>(size);
    for (int i = row * size; i < (row + 1) * size; i++) {
      values.add(OutputTable.value(output, column, i));
    }
    return values;
  }

  @Override
  public byte[] take() throws IOException {
    writer.flush();
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }

  private static Schema schema(OutputTable table) {
    List<Schema.Field> fields = new ArrayList<>();
    for (KeyColumn column : table.first()) {
      fields.add(field(column.name(), column.type()));
    }
    for (OutputSpec output : table.outputs()) {
      Schema value = Schema.create(OutputTable.type(output));
      fields.add(field(output.name(), output.rowSize() == 1 ? value : Schema.createArray(value)));
    }
    return Schema.createRecord("row", null, null, false, fields);
  }

  /** Names of Avro, and of BigQuery's columns, have letters, digits and underscores. */
  private static Schema.Field field(String name, Schema type) {
    String plain = name.replaceAll("[^A-Za-z0-9_]", "_").replaceFirst("^(?=[0-9]|$)", "_");
    return new Schema.Field(plain, type);
  }

  private static byte[] marker(Schema schema) {
    UUID digest = UUID.nameUUIDFromBytes(schema.toString().getBytes(StandardCharsets.UTF_8));
    return ByteBuffer.allocate(MARKER_BYTES)
        .putLong(digest.getMostSignificantBits())
        .putLong(digest.getLeastSignificantBits())
        .array();
  }
}
