package dev.bertserve.server.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Columns as other programs write them. */
final class ParquetTypesTest {

  private static final MessageType COLUMNS =
      MessageTypeParser.parseMessageType(
          """
          message rows {
            required int32 u32 (INTEGER(32,false));
            optional int64 u64 (INTEGER(64,false));
            optional int64 local (TIMESTAMP(NANOS,false));
            optional int64 at (TIMESTAMP(NANOS,true));
            optional int64 time (TIME(NANOS,true));
            optional int96 old;
            optional binary my.text;
          }
          """);

  @TempDir private Path folder;

  private Path file;

  @BeforeEach
  void write() throws IOException {
    file = folder.resolve("rows.parquet");
    Group row = new SimpleGroup(COLUMNS);
    row.add("u32", -1);
    row.add("u64", -1L);
    row.add("local", -1L);
    row.add("at", 1_709_210_096_789_012_345L);
    row.add("time", 1_000L);
    ByteBuffer old = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    old.putLong(1_000_000).putInt(2_440_589);
    row.add("old", Binary.fromConstantByteArray(old.array()));
    row.add("my.text", Binary.fromString("good"));
    Group empty = new SimpleGroup(COLUMNS);
    empty.add("u32", 1);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(COLUMNS)
            .withConf(new PlainParquetConfiguration())
            .build()) {
      writer.write(row);
      writer.write(empty);
    }
  }

  @Test
  void rows_typesThatAvroLacks_keepTheirValues() throws IOException {
    List<String> keys = List.of("u32", "u64", "local", "at", "time", "old");
    List<String> texts = new ArrayList<>();
    try (RecordSource rows = rows(keys)) {
      RowSource.Raw row = rows.next();
      for (int i = 0; i < keys.size(); i++) {
        texts.add(DatumText.text(rows.keys().get(i).type(), row.keys().get(i)));
      }

      assertThat(texts)
          .containsExactly(
              "4294967295",
              "18446744073709551615",
              "1969-12-31T23:59:59.999999",
              "2024-02-29T12:34:56.789012Z",
              "00:00:00.000001",
              "1970-01-02T00:00:00.001Z");
      assertThat(row.json()).isEqualTo("\"good\"");
      assertThat(rows.next().keys()).containsExactly(1L, null, null, null, null, null);
      assertThat(rows.next()).isNull();
    }
  }

  private RecordSource rows(List<String> keys) throws IOException {
    return new RecordSource(
        new ParquetRecords(file),
        new RowLayout(
            List.of("my.text"),
            keys,
            List.of(new InputSpec("text", List.of(), ValueType.STRING, true))));
  }
}
