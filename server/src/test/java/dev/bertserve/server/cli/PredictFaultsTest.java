package dev.bertserve.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.CommandLineRun;
import dev.bertserve.server.fixture.Models;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that cannot be read or written cost one line that says which and why. */
final class PredictFaultsTest {

  @RegisterExtension final CommandLineRun command = new CommandLineRun();

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "text,text;a,b    | : Header contains duplicate fields: [text]",
        "text,id;a,1;'b'c | , after row 1: Unexpected character after closing quote: 'c'"
      })
  void predict_tableThatCannotBeRead_saysWhereAndWhy(String lines, String reason)
      throws IOException {
    Path in = folder.resolve("in.csv");
    Files.writeString(in, lines.replace(';', '\n').replace('\'', '"'));

    assertThat(predict(in, "out.csv")).isEqualTo(1);

    assertThat(command.errors()).anyMatch(line -> line.startsWith("bertserve: " + in + reason));
  }

  @ParameterizedTest
  @CsvSource({"in.txt.gz, 8", "in.txt.zst, 8", "in.avro, 8", "in.avro, 20"})
  void predict_fileThatIsCutOff_isNamed(String name, int bytes) throws IOException {
    Path in = folder.resolve(name);
    write(in, "a film of some length");
    byte[] whole = Files.readAllBytes(in);
    Files.write(in, Arrays.copyOf(whole, whole.length - bytes));

    assertThat(predict(in, "out.csv")).isEqualTo(1);

    assertThat(command.errors()).anyMatch(line -> line.startsWith("bertserve: " + in));
  }

  /** Neither may be scored as if it were UTF-8. */
  @ParameterizedTest
  @CsvSource({
    "fffe6100, UTF-16 (expected: UTF-8)",
    "feff0061, UTF-16 (expected: UTF-8)",
    "502a4d1800000000, zstd that begins with a skippable frame (expected: one that zstd writes)"
  })
  void predict_otherBytesThanText_areToldByTheirFirstOnes(String hex, String reason)
      throws IOException {
    Path in = Files.write(folder.resolve("in.txt"), HexFormat.of().parseHex(hex));

    assertThat(predict(in, "out.csv")).isEqualTo(1);

    assertThat(command.errors()).contains("bertserve: " + in + ": " + reason);
  }

  @Test
  void predict_oneOfSeveralFilesLacksTheColumn_isNamed() throws IOException {
    Files.write(folder.resolve("1.csv"), List.of("text", "a film"));
    Files.write(folder.resolve("2.csv"), List.of("review", "a film"));

    assertThat(predict(folder.resolve("*.csv"), "out.jsonl")).isEqualTo(1);

    assertThat(command.errors())
        .contains(
            "bertserve: " + folder.resolve("2.csv") + ": column: text (expected: one of [review])");
  }

  @Test
  void predict_noSuchFolder_isTold() throws IOException {
    Path in = folder.resolve("in.txt");
    write(in, "a film");

    assertThat(predict(in, "none/out.csv")).isEqualTo(1);

    assertThat(command.errors())
        .contains(
            "bertserve: output: "
                + folder.resolve("none/out.csv")
                + " (expected: in a folder that exists)");
  }

  private static void write(Path file, String text) throws IOException {
    String name = file.getFileName().toString();
    try (OutputStream bytes = Files.newOutputStream(file)) {
      if (name.endsWith(".avro")) {
        Schema schema = SchemaBuilder.record("row").fields().requiredString("text").endRecord();
        try (DataFileWriter<GenericRecord> writer =
            new DataFileWriter<>(new GenericDatumWriter<GenericRecord>(schema))) {
          writer.create(schema, bytes);
          writer.append(new GenericRecordBuilder(schema).set("text", text).build());
        }
      } else {
        try (OutputStream packed =
            name.endsWith(".gz")
                ? new GZIPOutputStream(bytes)
                : name.endsWith(".zst") ? new ZstdOutputStream(bytes) : bytes) {
          packed.write(text.getBytes(UTF_8));
        }
      }
    }
  }

  private int predict(Path in, String out) {
    return command.run(
        "predict",
        Models.builtIn().toString(),
        in.toString(),
        "--output",
        folder.resolve(out).toString(),
        "--precision",
        "fp32");
  }
}
