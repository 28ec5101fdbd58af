package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.bulk.WrittenRows;
import dev.bertserve.server.fixture.Archive;
import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.Models;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of every format in and out, and the columns that are handed through. */
final class PredictFormatsTest {

  private static final String CLASSES =
      Archive.unpack("/models/outputs.tar.xz").resolve("out_classes").toString();

  /** As BigQuery exports a table: NULLABLE columns are unions. */
  private static final Schema EXPORT =
      SchemaBuilder.record("Root")
          .fields()
          .optionalLong("id")
          .optionalString("review")
          .name("day")
          .type()
          .optional()
          .type(LogicalTypes.date().addToSchema(Schema.create(Schema.Type.INT)))
          .name("at")
          .type()
          .optional()
          .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
          .name("price")
          .type()
          .optional()
          .type(LogicalTypes.decimal(38, 9).addToSchema(Schema.create(Schema.Type.BYTES)))
          .name("tags")
          .type()
          .array()
          .items()
          .stringType()
          .noDefault()
          .endRecord();

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"null", "deflate", "snappy", "zstandard"})
  void predict_avro_handsColumnsOfEveryTypeThrough(String codec) throws IOException {
    Path in = export(WrittenRows.codec(codec));

    int status = predict(Models.builtIn(), in, "out.jsonl", keys("--column", "review"));

    assertThat(status).isEqualTo(1);
    assertThat(rows("out.jsonl"))
        .extracting(row -> row.subList(0, 5))
        .containsExactly(
            List.of(
                "9007199254740993",
                "2024-02-29",
                "1970-01-01T00:00:01.000001Z",
                "-1.500000000",
                "[\"a\",\"b\"]"),
            List.of("null", "null", "null", "null", "[]"));
    assertThat(folder.resolve("out.jsonl.errors"))
        .hasContent(
            "{\"line\":2,\"error\":\"instances[0]: null (expected: a string, {\\\"text\\\": string}"
                + " or [string])\"}");
  }

  @Test
  void predict_avroToAvroAndParquet_keepsTypes() throws IOException {
    Path in = export(CodecFactory.deflateCodec(1));
    String[] flags = keys("--column", "review");
    predict(Models.builtIn(), in, "out.avro", flags);
    predict(Models.builtIn(), in, "out.parquet", flags);

    Schema avro = WrittenRows.schema(folder.resolve("out.avro"));
    for (String key : List.of("id", "day", "at", "price", "tags")) {
      assertThat(avro.getField(key).schema()).isEqualTo(EXPORT.getField(key).schema());
    }
    assertThat(avro.getField("classifier").schema().getType()).isEqualTo(Schema.Type.FLOAT);
    assertThat(rows("out.avro")).hasSize(2).isEqualTo(rows("out.parquet"));
    assertThat(folder.resolve("out.parquet.rows")).doesNotExist();

    predict(Models.builtIn(), in, "texts.parquet", "--column", "review", "--key", "review");
    predict(Models.builtIn(), folder.resolve("texts.parquet"), "again.csv", "--column", "review");

    assertThat(rows("again.csv")).extracting(row -> row.get(0)).containsExactly("good", "bad");
  }

  @Test
  void predict_jsonObjects_takesFieldsAndKeysByName() throws IOException {
    Path in = folder.resolve("in.jsonl");
    Files.write(
        in,
        List.of(
            "{\"id\":7,\"review\":\"good\",\"more\":{\"a\":[1,\"x\"]}}",
            "{\"id\":\"b\",\"review\":\"bad\",\"other\":[1]}",
            "{\"id\":9}",
            "[\"x\"]"));

    predict(
        Models.builtIn(), in, "out.jsonl", "--column", "review", "--key", "id", "--key", "more");
    predict(Models.builtIn(), in, "out.tsv", "--column", "review", "--key", "id", "--key", "more");

    assertThat(Files.readAllLines(folder.resolve("out.jsonl")))
        .hasSize(2)
        .first()
        .asString()
        .startsWith("{\"id\":7,\"more\":{\"a\":[1,\"x\"]},\"prediction\":[0.");
    assertThat(rows("out.tsv"))
        .extracting(row -> row.subList(0, 2))
        .containsExactly(List.of("7", "{\"a\":[1,\"x\"]}"), List.of("b", ""));
    assertThat(Files.readAllLines(folder.resolve("out.tsv.errors")))
        .containsExactly(
            "{\"line\":3,\"error\":\"instances[0]: null (expected: a string, {\\\"text\\\": string}"
                + " or [string])\"}",
            "{\"line\":4,\"error\":\"no JSON object (expected: one a line, with the chosen"
                + " fields)\"}");
  }

  @Test
  void predict_recordOfOtherFieldsThanTheHeader_costsThatRowAlone() throws IOException {
    Path in = folder.resolve("in.csv.zst");
    try (OutputStream packed = new ZstdOutputStream(Files.newOutputStream(in))) {
      packed.write(
          "\ufeffid,review\r\n1,good\r\n2\r\n3,\"\"\r\n4,good, or bad\r\n"
              .getBytes(StandardCharsets.UTF_8));
    }

    assertThat(predict(Models.builtIn(), in, "out.csv", "--column", "review", "--key", "id"))
        .isEqualTo(1);

    assertThat(rows("out.csv")).extracting(row -> row.get(0)).containsExactly("1", "3");
    assertThat(folder.resolve("out.csv.errors"))
        .hasContent(
            """
            {"line":2,"error":"fields: 1 (expected: those of [id, review])"}
            {"line":4,"error":"fields: 3 (expected: those of [id, review])"}
            """);
  }

  @Test
  void predict_severalOutputs_haveColumnsOfTheirTypes() throws IOException {
    Path in = folder.resolve("in.txt");
    Files.write(in, List.of("a film", "dull"));

    predict(Path.of(CLASSES), in, "out.csv");
    predict(Path.of(CLASSES), in, "out.avro", "--top-k", "2");

    assertThat(Files.readAllLines(folder.resolve("out.csv")).get(0))
        .startsWith("text,class,class_32,label,label_column,probability,probs_0,probs_1");
    Schema top = WrittenRows.schema(folder.resolve("out.avro"));
    assertThat(top.getField("probs").schema().toString())
        .isEqualTo("{\"type\":\"array\",\"items\":\"float\"}");
    assertThat(top.getField("classes").schema().getElementType().getType())
        .isEqualTo(Schema.Type.LONG);
    assertThat(top.getField("label").schema().getType()).isEqualTo(Schema.Type.STRING);
    assertThat(rows("out.avro")).extracting(row -> row.get(0)).containsExactly("a film", "dull");
  }

  @Test
  void predict_topKOfOneScore_isRejected() throws IOException {
    Path in = folder.resolve("in.txt");
    Files.write(in, List.of("a film"));

    assertThat(predict(Models.builtIn(), in, "out.csv", "--top-k", "2")).isEqualTo(1);

    assertThat(command.errors())
        .contains("bertserve: top-k: 2 (expected: a model with an output of several scores)");
  }

  @Test
  void predict_pattern_readsItsFilesInOrder() throws IOException {
    Files.write(folder.resolve("part-2.csv"), List.of("text", "three"));
    Files.write(folder.resolve("part-1.csv"), List.of("text", "one", "two"));
    Files.write(folder.resolve("part-3.jsonl"), List.of("7", "\"four\""));

    assertThat(predict(Models.builtIn(), folder.resolve("part-?.*"), "out.tsv")).isEqualTo(1);

    assertThat(rows("out.tsv"))
        .extracting(row -> row.get(0))
        .containsExactly("one", "two", "three", "four");
    assertThat(folder.resolve("out.tsv.errors"))
        .content()
        .startsWith("{\"file\":\"" + folder.resolve("part-3.jsonl") + "\",\"line\":1,\"error\":");
    assertThat(predict(Models.builtIn(), folder.resolve("none-*"), "none.csv")).isEqualTo(1);
    assertThat(command.errors())
        .contains("bertserve: file: " + folder + "/none-*: none (expected: at least one)");
  }

  @Test
  void predict_noSuchField_isNamed() throws IOException {
    Path in = export(CodecFactory.nullCodec());

    assertThat(predict(Models.builtIn(), in, "out.csv")).isEqualTo(1);
    assertThat(predict(Models.builtIn(), in, "out.avro.gz", "--column", "review")).isEqualTo(1);
    assertThat(predict(Models.builtIn(), in, "out.csv", "--key", "id", "--key", "id")).isEqualTo(1);

    assertThat(command.errors())
        .contains(
            "bertserve: column: text (expected: one of [id, review, day, at, price, tags])",
            "bertserve: key: [id, id] (expected: each once)",
            "bertserve: output: "
                + folder.resolve("out.avro.gz")
                + " (expected: no .gz or .zst, since the format has its own)");
  }

  private Path export(CodecFactory codec) throws IOException {
    Path file = folder.resolve("export-" + codec + ".avro");
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(EXPORT))) {
      writer.setCodec(codec).create(EXPORT, file.toFile());
      writer.append(
          new GenericRecordBuilder(EXPORT)
              .set("id", 9_007_199_254_740_993L)
              .set("review", "good")
              .set("day", 19_782)
              .set("at", 1_000_001L)
              .set("price", ByteBuffer.wrap(BigInteger.valueOf(-1_500_000_000).toByteArray()))
              .set("tags", List.of("a", "b"))
              .build());
      writer.append(new GenericRecordBuilder(EXPORT).set("id", 2L).set("tags", List.of()).build());
      writer.append(
          new GenericRecordBuilder(EXPORT).set("review", "bad").set("tags", List.of()).build());
    }
    return file;
  }

  private static String[] keys(String... flags) {
    List<String> all = new ArrayList<>(List.of(flags));
    for (String key : List.of("id", "day", "at", "price", "tags")) {
      all.addAll(List.of("--key", key));
    }
    return all.toArray(String[]::new);
  }

  private int predict(Path model, Path in, String out, String... flags) {
    List<String> arguments = new ArrayList<>(List.of("predict", model.toString(), in.toString()));
    arguments.addAll(List.of("--output", folder.resolve(out).toString(), "--precision", "fp32"));
    arguments.addAll(List.of(flags));
    return command.run(arguments.toArray(String[]::new));
  }

  private List<List<String>> rows(String out) throws IOException {
    return WrittenRows.of(folder.resolve(out));
  }
}
