package dev.bertserve.server.bulk;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    if (fields.isEmpty()) {
      fields = layout.fieldsOf(row.getHeader());
    }
    List<String> values = new ArrayList<>();
    for (String column : fields) {
      Optional<String> value = field(row, column);
      if (value.isEmpty()) {
        return Raw.faulty(
            number, "column " + column + ": none (expected: " + row.getHeader() + ")");
      }
      boolean quoted = layout.isString(values.size());
      values.add(quoted ? JsonText.quoted(value.get()) : value.get());
    }
    @Nullable Object[] keys = new @Nullable Object[layout.keys().size()];
    for (int i = 0; i < keys.length; i++) {
      keys[i] = field(row, layout.keys().get(i)).orElse(null);
    }
    return new Raw(number, layout.instance(values), RowSource.values(keys), "");
  }

  /** Empty if the record ends before it. */
  private static Optional<String> field(NamedCsvRecord row, String column) {
    if (!row.getHeader().contains(column)) {
      throw new IllegalArgumentException(
          "column: " + column + " (expected: one of " + row.getHeader() + ")");
    }
    return row.findField(column);
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
