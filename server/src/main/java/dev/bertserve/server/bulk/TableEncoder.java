package dev.bertserve.server.bulk;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * CSV or TSV with a header. An output of several values has as many columns: {@code name_0} and so
 * on. Null is an empty field; an empty text is quoted.
 */
final class TableEncoder implements RowEncoder {

  private final OutputTable table;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final CsvWriter writer;

  TableEncoder(OutputTable table, char separator) {
    this.table = table;
    this.writer =
        CsvWriter.builder()
            .fieldSeparator(separator)
            .quoteStrategy(QuoteStrategies.EMPTY)
            .build(bytes, StandardCharsets.UTF_8);
  }

  @Override
  public byte[] header() throws IOException {
    List<String> names = new ArrayList<>();
    table.first().forEach(column -> names.add(column.name()));
    for (OutputSpec output : table.outputs()) {
      int size = output.rowSize();
      for (int i = 0; i < size; i++) {
        names.add(size == 1 ? output.name() : output.name() + "_" + i);
      }
    }
    writer.writeRecord(names);
    return take();
  }

  @Override
  public void add(List<FileRow> rows, Prediction prediction) throws IOException {
    for (int i = 0; i < rows.size(); i++) {
      writer.writeRecord(cells(rows.get(i), prediction, i));
    }
  }

  private @Nullable String[] cells(FileRow row, Prediction prediction, int index)
      throws IOException {
    List<@Nullable String> cells = new ArrayList<>();
    List<? extends @Nullable Object> first = table.first(row);
    for (int i = 0; i < first.size(); i++) {
      cells.add(DatumText.text(table.first().get(i).type(), first.get(i)));
    }
    for (int i = 0; i < table.outputs().size(); i++) {
      OutputSpec output = table.outputs().get(i);
      int size = output.rowSize();
      for (int value = index * size; value < (index + 1) * size; value++) {
        cells.add(OutputTable.value(output, prediction.values().get(i), value).toString());
      }
    }
    return cells.toArray(String[]::new);
  }

  @Override
  public byte[] take() throws IOException {
    writer.flush();
    byte[] taken = bytes.toByteArray();
    bytes.reset();
    return taken;
  }
}
