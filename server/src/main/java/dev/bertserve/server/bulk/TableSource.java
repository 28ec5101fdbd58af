package dev.bertserve.server.bulk;

import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The columns of a table that fill a model's inputs. */
final class TableSource implements RowSource {

  private final CsvReader<NamedCsvRecord> reader;
  private final CloseableIterator<NamedCsvRecord> records;
  private final List<String> columns;
  private final List<TableColumn> inputs;
  private long number;

  TableSource(Reader text, char separator, List<String> columns, List<TableColumn> inputs) {
    this.reader = CsvReader.builder().fieldSeparator(separator).ofNamedCsvRecord(text);
    this.records = reader.iterator();
    this.columns = columns;
    this.inputs = inputs;
  }

  @Override
  public @Nullable Raw next() throws IOException {
    if (!records.hasNext()) {
      return null;
    }
    NamedCsvRecord row = records.next();
    number++;
    if (columns.size() == 1) {
      return new Raw(number, value(row, 0));
    }
    StringBuilder object = new StringBuilder("{");
    for (int i = 0; i < columns.size(); i++) {
      object.append(i == 0 ? "" : ",").append(JsonText.quoted(inputs.get(i).input())).append(':');
      object.append(value(row, i));
    }
    return new Raw(number, object.append('}').toString());
  }

  private String value(NamedCsvRecord row, int column) throws IOException {
    String name = columns.get(column);
    String value =
        row.findField(name)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "column: " + name + " (expected: one of " + row.getHeader() + ")"));
    return inputs.get(column).quoted() ? JsonText.quoted(value) : value;
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }
}
