package dev.bertserve.bulk.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import dev.bertserve.bulk.pipeline.Goldens.Golden;
import dev.bertserve.server.bulk.ParquetRecords;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.LocalOutputFile;

/** Files with {@code id}, {@code stars} and {@code review}, as others write and read them. */
final class RowFiles {

  private static final Schema REVIEWS =
      SchemaBuilder.record("reviews")
          .fields()
          .requiredLong("id")
          .optionalDouble("stars")
          .optionalString("review")
          .endRecord();

  private RowFiles() {}

  static void write(Path file, List<Golden> goldens) throws IOException {
    switch (ending(file)) {
      case "jsonl" -> {
        List<String> lines = new ArrayList<>();
        for (Golden golden : goldens) {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("id", golden.id());
          line.put("stars", 4.5);
          line.put("review", golden.review());
          lines.add(new ObjectMapper().writeValueAsString(line));
        }
        Files.write(file, lines);
      }
      case "csv" -> writeTable(file, ",", goldens);
      case "tsv" -> writeTable(file, "\t", goldens);
      case "avro" -> {
        try (DataFileWriter<GenericRecord> writer =
            new DataFileWriter<>(new GenericDatumWriter<>(REVIEWS))) {
          writer.setCodec(CodecFactory.zstandardCodec(1)).create(REVIEWS, file.toFile());
          for (Golden golden : goldens) {
            writer.append(record(golden));
          }
        }
      }
      default -> {
        try (ParquetWriter<GenericRecord> writer =
            AvroParquetWriter.<GenericRecord>builder(new LocalOutputFile(file))
                .withSchema(REVIEWS)
                .withDataModel(GenericData.get())
                .withConf(new PlainParquetConfiguration())
                // Several row groups
                .withRowGroupRowCountLimit(10)
                .build()) {
          for (Golden golden : goldens) {
            writer.write(record(golden));
          }
        }
      }
    }
  }

  /** A row without a text ends before it. */
  private static void writeTable(Path file, String separator, List<Golden> goldens)
      throws IOException {
    try (OutputStream bytes = packed(file);
        Writer text = new OutputStreamWriter(bytes, StandardCharsets.UTF_8)) {
      text.write(String.join(separator, "id", "stars", "review") + "\n");
      for (Golden golden : goldens) {
        text.write(golden.id() + separator + 4.5);
        if (golden.review() != null) {
          text.write(separator + '"' + golden.review().replace("\"", "\"\"") + '"');
        }
        text.write("\n");
      }
    }
  }

  private static OutputStream packed(Path file) throws IOException {
    OutputStream bytes = Files.newOutputStream(file);
    if (name(file).endsWith(".zst")) {
      return new ZstdOutputStream(bytes);
    }
    return name(file).endsWith(".gz") ? new GZIPOutputStream(bytes) : bytes;
  }

  private static InputStream unpacked(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    if (name(file).endsWith(".zst")) {
      return new ZstdInputStream(bytes);
    }
    return name(file).endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
  }

  private static GenericRecord record(Golden golden) {
    GenericRecord record = new GenericData.Record(REVIEWS);
    record.put("id", golden.id());
    record.put("stars", 4.5);
    record.put("review", golden.review());
    return record;
  }

  /** Rows of the files in {@code folder} whose names start with {@code prefix}, as JSON. */
  static List<JsonNode> read(Path folder, String prefix) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> name(f).startsWith(prefix + "-")).sorted().toList()) {
        read(file, rows);
      }
    }
    return rows;
  }

  private static void read(Path file, List<JsonNode> rows) throws IOException {
    switch (ending(file)) {
      case "avro" -> {
        try (DataFileReader<GenericRecord> records =
            new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
          for (GenericRecord record : records) {
            rows.add(new ObjectMapper().readTree(record.toString()));
          }
        }
      }
      case "parquet" -> {
        try (ParquetRecords records = new ParquetRecords(new LocalInputFile(file))) {
          for (GenericRecord row = records.next(); row != null; row = records.next()) {
            rows.add(new ObjectMapper().readTree(row.toString()));
          }
        }
      }
      case "csv", "tsv" -> {
        char separator = ending(file).equals("csv") ? ',' : '\t';
        try (CsvReader<NamedCsvRecord> records =
            CsvReader.builder().fieldSeparator(separator).ofNamedCsvRecord(unpacked(file))) {
          records.forEach(row -> rows.add(new ObjectMapper().valueToTree(row.getFieldsAsMap())));
        }
      }
      default -> {
        try (BufferedReader lines =
            new BufferedReader(new InputStreamReader(unpacked(file), StandardCharsets.UTF_8))) {
          for (String line : lines.lines().toList()) {
            rows.add(new ObjectMapper().readTree(line));
          }
        }
      }
    }
  }

  private static String name(Path file) {
    return file.getFileName().toString();
  }

  private static String ending(Path file) {
    String name = name(file).replaceFirst("\\.(gz|zst)$", "");
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
