package dev.bertserve.bulk.pipeline;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.io.FileIO.ReadableFile;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTag;
import org.jspecify.annotations.Nullable;

/** Records of CSV or TSV, whose header names the fields. */
final class ReadTable extends DoFn<ReadableFile, Row> {

  static final TupleTag<Row> ROWS = new TupleTag<>() {};

  /** Records with a field that is not of its type, or with one too many. */
  static final TupleTag<String> BAD = new TupleTag<>() {};

  private final Schema schema;
  private final char separator;

  /**
   * @param schema columns that are read
   */
  ReadTable(Schema schema, char separator) {
    this.schema = schema;
    this.separator = separator;
  }

  @ProcessElement
  public void read(@Element ReadableFile file, MultiOutputReceiver output) throws IOException {
    String name = file.getMetadata().resourceId().toString();
    try (CsvReader<NamedCsvRecord> records = open(file.open(), separator)) {
      boolean first = true;
      for (NamedCsvRecord row : records) {
        if (first) {
          requireColumns(schema, row.getHeader());
          first = false;
        }
        Optional<Row> good = row(row);
        if (good.isPresent()) {
          output.get(ROWS).output(good.get());
        } else {
          output.get(BAD).output(TableText.line(row.getFields(), separator));
        }
      }
    } catch (RuntimeException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(name + ": " + cause.getMessage(), e);
    }
  }

  /** Records of {@code bytes}, which are text in UTF-8, with a byte order mark or without. */
  static CsvReader<NamedCsvRecord> open(ReadableByteChannel bytes, char separator)
      throws IOException {
    return CsvReader.builder()
        .fieldSeparator(separator)
        .detectBomHeader(true)
        .allowMissingFields(true)
        .allowExtraFields(true)
        .ofNamedCsvRecord(Channels.newInputStream(bytes));
  }

  /** Throws IllegalArgumentException unless a record of {@code header} has all columns. */
  static void requireColumns(Schema columns, List<String> header) {
    for (String name : columns.getFieldNames()) {
      if (!header.contains(name)) {
        throw new IllegalArgumentException(
            "column: " + name + " (expected: one of " + header + ")");
      }
    }
  }

  /** Empty if a field is not of its type, or is one too many: a comma may lack its quotes. */
  private Optional<Row> row(NamedCsvRecord record) {
    if (record.getFieldCount() > record.getHeader().size()) {
      return Optional.empty();
    }
    Row.Builder row = Row.withSchema(schema);
    try {
      for (Field field : schema.getFields()) {
        row.addValue(value(field, record.findField(field.getName())));
      }
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
    return Optional.of(row.build());
  }

  /** Null if the record ends before the field, or if it is empty but no text. */
  private static @Nullable Object value(Field field, Optional<String> cell) {
    if (cell.isEmpty() || field.getType().getTypeName() == Schema.TypeName.STRING) {
      return cell.orElse(null);
    }
    String text = cell.get();
    if (text.isEmpty()) {
      return null;
    }
    return switch (field.getType().getTypeName()) {
      case INT64 -> Long.valueOf(text);
      case DOUBLE -> Double.valueOf(text);
      default -> bool(text);
    };
  }

  private static boolean bool(String text) {
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return Boolean.parseBoolean(text);
    }
    throw new NumberFormatException(text);
  }
}
