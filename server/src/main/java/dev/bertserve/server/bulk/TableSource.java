package dev.bertserve.server.bulk;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of CSV or TSV, whose header names the fields. */
final class TableSource implements RowSource {

  private final FileBytes bytes;
  private final CsvReader<NamedCsvRecord> reader;
  private final CloseableIterator<NamedCsvRecord> records;
  private final RowLayout layout;
  private long number;

  /** Fields that fill the inputs, of all rows; empty before the first one. */
  private List<String> fields = List.of();

  TableSource(FileBytes bytes, char separator, RowLayout layout) throws IOException {
    this.bytes = bytes;
    this.reader =
        CsvReader.builder()
            .fieldSeparator(separator)
            .allowMissingFields(true)
            .allowExtraFields(true)
            .ofNamedCsvRecord(bytes.text());
    this.records = reader.iterator();
    this.layout = layout;
  }

  @Override
  public @Nullable Raw next() throws IOException {
    if (!records.hasNext()) {
      return null;
    }
    NamedCsvRecord row = records.next();
    number++;
    List<String> header = row.getHeader();
    if (fields.isEmpty()) {
      fields = layout.fieldsOf(header);
      layout.keys().forEach(key -> requireColumn(key, header));
      fields.forEach(field -> requireColumn(field, header));
    }
    if (row.getFieldCount() != header.size()) {
      // A comma that should be quoted would move values into other columns
      return Raw.faulty(
          number, "fields: " + row.getFieldCount() + " (expected: those of " + header + ")");
    }
    List<String> values = new ArrayList<>();
    for (String column : fields) {
      boolean quoted = layout.isString(values.size());
      values.add(quoted ? JsonText.quoted(row.getField(column)) : row.getField(column));
    }
    @Nullable Object[] keys = new @Nullable Object[layout.keys().size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = row.getField(layout.keys().get(i));
    }
    return new Raw(number, layout.instance(values), RowSource.values(keys), "");
  }

  private static void requireColumn(String column, List<String> header) {
    if (!header.contains(column)) {
      throw new IllegalArgumentException(
          "column: " + column + " (expected: one of " + header + ")");
    }
  }

  @Override
  public List<KeyColumn> keys() {
    return layout.textKeys();
  }

  @Override
  public double share() throws IOException {
    return bytes.share();
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
