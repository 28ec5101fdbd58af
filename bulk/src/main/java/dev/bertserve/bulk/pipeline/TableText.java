package dev.bertserve.bulk.pipeline;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategies;
import java.io.IOException;
import java.io.Serializable;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * Rows as lines of CSV or TSV, as RFC 4180 has them. An output of several values has as many
 * columns: {@code name_0} and so on. Null is an empty field; an empty text is quoted.
 */
final class TableText implements Serializable {

  /** Between records. */
  static final String END = LineDelimiter.CRLF.toString();

  private static final long serialVersionUID = 1;

  private final char separator;
  private final ArrayList<String> header = new ArrayList<>();

  /**
   * Throws IllegalArgumentException for a field that is no single value.
   *
   * @param sizes number of values of each output of the model
   */
  TableText(Schema schema, Map<String, Integer> sizes, char separator) {
    this.separator = separator;
    for (Field field : schema.getFields()) {
      String name = field.getName();
      Schema.TypeName type = field.getType().getTypeName();
      if (type == Schema.TypeName.ARRAY && sizes.containsKey(name)) {
        for (int i = 0; i < sizes.get(name); i++) {
          header.add(name + "_" + i);
        }
      } else if (type.isCollectionType() || type.isMapType() || type.isCompositeType()) {
        throw new IllegalArgumentException(
            "column: " + name + " of type " + type + " (expected: a single value, for CSV)");
      } else {
        header.add(name);
      }
    }
  }

  /** The first line. */
  String header() {
    return line(header, separator);
  }

  /** A record, whose fields may have line breaks. */
  String line(Row row) {
    List<@Nullable String> cells = new ArrayList<>(header.size());
    for (Object value : row.getValues()) {
      if (value instanceof Collection<?> values) {
        values.forEach(one -> cells.add(text(one)));
      } else {
        cells.add(text(value));
      }
    }
    return line(cells, separator);
  }

  static String line(List<? extends @Nullable String> cells, char separator) {
    StringWriter text = new StringWriter();
    try (CsvWriter writer =
        CsvWriter.builder()
            .fieldSeparator(separator)
            .quoteStrategy(QuoteStrategies.EMPTY)
            .lineDelimiter(LineDelimiter.CRLF)
            // Each line has a writer of its own, and the text needs no buffer before it
            .bufferSize(0)
            .build(text)) {
      writer.writeRecord(cells.toArray(new String[0]));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.getBuffer().substring(0, text.getBuffer().length() - END.length());
  }

  private static @Nullable String text(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
    if (value instanceof BigDecimal decimal) {
      return decimal.toPlainString();
    }
    return value == null ? null : value.toString();
  }
}
