package dev.bertserve.server.bulk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Rows of a file with a schema, of which only the fields that are needed are read. */
final class RecordSource implements RowSource {

  private final Records records;
  private final RowLayout layout;
  private final List<Schema.Field> inputs = new ArrayList<>();
  private final List<Schema.Field> keys = new ArrayList<>();
  private long number;

  RecordSource(Records records, RowLayout layout) throws IOException {
    this.records = records;
    this.layout = layout;
    List<String> fields =
        layout.fieldsOf(records.schema().getFields().stream().map(Schema.Field::name).toList());
    Set<String> names = new LinkedHashSet<>(fields);
    names.addAll(layout.keys());
    Schema chosen = ChosenFields.of(records.schema(), names);
    records.choose(chosen);
    fields.forEach(name -> inputs.add(chosen.getField(name)));
    layout.keys().forEach(name -> keys.add(chosen.getField(name)));
  }

  @Override
  public @Nullable Raw next() throws IOException {
    GenericRecord row = records.next();
    if (row == null) {
      return null;
    }
    number++;
    List<String> values = new ArrayList<>();
    for (Schema.Field field : inputs) {
      Object value = row.get(field.name());
      // Old writers of Parquet do not tell texts from bytes
      values.add(
          value instanceof ByteBuffer bytes && field.schema().getLogicalType() == null
              ? JsonText.quoted(StandardCharsets.UTF_8.decode(bytes.duplicate()).toString())
              : DatumText.json(field.schema(), value));
    }
    @Nullable Object[] handed = new @Nullable Object[keys.size()];
    for (int i = 0; i < handed.length; i++) {
      handed[i] = row.get(keys.get(i).name());
    }
    return new Raw(number, layout.instance(values), RowSource.values(handed), "");
  }

  @Override
  public List<KeyColumn> keys() {
    return keys.stream().map(field -> new KeyColumn(field.name(), field.schema())).toList();
  }

  @Override
  public double share() throws IOException {
    return records.share();
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
