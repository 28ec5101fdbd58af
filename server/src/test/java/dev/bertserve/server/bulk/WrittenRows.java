package dev.bertserve.server.bulk;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.generic.GenericRecord;

/** The rows of a file that predict has written, each as texts of its columns. */
public final class WrittenRows {

  private static final ObjectMapper JSON = new ObjectMapper();

  private WrittenRows() {}

  /** Without the header of a table; of JSON, the values of each object. */
  public static List<List<String>> of(Path file) throws IOException {
    return switch (RowFormat.of(file.toString())) {
      case TEXT, JSONL -> ofJson(file);
      case CSV -> ofTable(file, ',');
      case TSV -> ofTable(file, '\t');
      case AVRO -> ofRecords(new AvroRecords(FileBytes.of(file)));
      case PARQUET -> ofRecords(new ParquetRecords(file));
    };
  }

  /** The schema of an Avro or Parquet file. */
  public static Schema schema(Path file) throws IOException {
    boolean avro = RowFormat.of(file.toString()) == RowFormat.AVRO;
    try (Records records = avro ? new AvroRecords(FileBytes.of(file)) : new ParquetRecords(file)) {
      return records.schema();
    }
  }

  /** Compression of an Avro file that a test writes. */
  public static CodecFactory codec(String name) {
    AvroCodecs.register();
    return CodecFactory.fromString(name);
  }

  private static List<List<String>> ofJson(Path file) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    try (InputStream in = Packing.unpacked(Files.newInputStream(file))) {
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        List<String> values = new ArrayList<>();
        for (JsonNode value : JSON.readTree(line)) {
          values.add(value.isTextual() ? value.textValue() : value.toString());
        }
        rows.add(values);
      }
    }
    return rows;
  }

  private static List<List<String>> ofTable(Path file, char separator) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    try (InputStream in = Packing.unpacked(Files.newInputStream(file));
        CsvReader<CsvRecord> records =
            CsvReader.builder().fieldSeparator(separator).ofCsvRecord(in)) {
      records.forEach(row -> rows.add(row.getFields()));
    }
    return rows.subList(1, rows.size());
  }

  private static List<List<String>> ofRecords(Records records) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    try (records) {
      for (GenericRecord row = records.next(); row != null; row = records.next()) {
        List<String> values = new ArrayList<>();
        for (Schema.Field field : row.getSchema().getFields()) {
          values.add(String.valueOf(row.get(field.pos())));
        }
        rows.add(values);
      }
    }
    return rows;
  }
}
