package dev.bertserve.bulk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.bulk.KeptModel;
import dev.bertserve.bulk.ModelKey;
import dev.bertserve.server.embedded.ModelOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Options that are wrong cost one line, before anything runs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class BertserveBulkOptionsTest {

  @AutoClose
  static final KeptModel KEPT =
      KeptModel.of(
          ModelKey.of(Goldens.MODEL.toString(), ModelOptions.DEFAULT.withPrecision("fp32")));

  private static @TempDir Path folder;

  @BeforeAll
  static void writeFiles() throws Exception {
    RowFiles.write(folder.resolve("reviews.avro"), Goldens.all());
    RowFiles.write(folder.resolve("reviews.parquet"), Goldens.all());
    RowFiles.write(folder.resolve("reviews.csv"), Goldens.all());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--query=SELECT 1           | input: 'in.jsonl' (expected: either input or query)",
        "--input=                   | input: '' (expected: either input or query)",
        "--input=bq://table         | input: bq://table (expected: bq://project.dataset.table)",
        "--inputFormat=orc          | inputFormat: orc (expected: jsonl, text, csv, tsv, avro or parquet)",
        "--output=out.txt           | output: out.txt (expected: .jsonl, .csv or .tsv, each also as .gz or .zst, .avro, .parquet or bq://)",
        "--output=out.parquet.gz    | output: out.parquet.gz (expected: .jsonl, .csv or .tsv, each also as .gz or .zst, .avro, .parquet or bq://)",
        "--errors=bad.csv           | column: row of type ROW (expected: a single value, for CSV)",
        "--input=FOLDER/reviews.csv | column: text (expected: one of [id, stars, review])",
        "--errors=bq://a b          | errors: bq://a b (expected: bq://project.dataset.table)",
        "--precision=fp8            | precision: fp8 (expected: auto, fp32, bf16, fp16 or int8)",
        "--texts=a,b                | texts: [a, b] (expected: one for each of [text])",
        "--keys=id:INT              | keys: id:INT (expected: a type STRING, INT64, DOUBLE or BOOLEAN)",
        "--outputs=score            | outputs: score (expected: one of [",
        "--input=FOLDER/reviews.avro    | column: text (expected: one of [id, stars, review])",
        "--input=FOLDER/reviews.parquet | column: text (expected: one of [id, stars, review])",
        "--input=FOLDER/none.avro   | input: FOLDER/none.avro: ",
        "--input=FOLDER/reviews.avro --inputFormat=parquet | input: FOLDER/reviews.avro: FOLDER/reviews.avro is not a Parquet file",
        "--texts=id --input=FOLDER/reviews.avro | field: id (expected: a STRING of [id])",
        "--input=in.txt --keys=id   | input: in.txt has one column (expected:"
      })
  void build_wrongOption_namesItAndTheRule(String wrong, String message) {
    List<String> args = new ArrayList<>();
    args.add("--model=" + Goldens.MODEL);
    args.add("--precision=fp32");
    args.add("--runner=DirectRunner");
    args.add("--output=out.jsonl");
    args.add("--input=in.jsonl");
    for (String arg : wrong.replace("FOLDER", folder.toString()).split(" (?=--)", -1)) {
      String name = arg.substring(0, arg.indexOf('=') + 1);
      args.removeIf(other -> other.startsWith(name));
      args.add(arg);
    }
    BertserveBulkOptions options =
        PipelineOptionsFactory.fromArgs(args.toArray(new String[0])).as(BertserveBulkOptions.class);

    assertThatThrownBy(() -> BertserveBulk.build(options, new BigQueryTables(Optional.empty())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message.replace("FOLDER", folder.toString()));
  }

  @Test
  void main_wrongOptions_exitsWith2AndOneLine() throws Exception {
    Process main =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                BertserveBulk.class.getName(),
                "--model=elsewhere",
                "--input=in.txt",
                "--output=out.txt")
            .redirectErrorStream(true)
            .start();

    String printed = new String(main.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(main.waitFor()).isEqualTo(2);
    assertThat(printed.lines().filter(line -> !line.startsWith("SLF4J")))
        .containsExactly(
            "error: output: out.txt (expected: .jsonl, .csv or .tsv, each also as .gz or .zst, .avro, .parquet or bq://)");
  }
}
