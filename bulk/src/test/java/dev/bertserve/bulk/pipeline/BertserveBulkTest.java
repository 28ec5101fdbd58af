package dev.bertserve.bulk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bertserve.bulk.KeptModel;
import dev.bertserve.bulk.pipeline.Goldens.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files in, files out, on the Direct runner, compared with TensorFlow's outputs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class BertserveBulkTest {

  @AutoClose static final KeptModel KEPT = KeptModel.of(Goldens.KEY);

  private final BertserveBulkOptions options = Goldens.options();

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "jsonl,jsonl.gz",
    "avro,avro",
    "parquet,parquet",
    "csv,csv",
    "tsv,tsv.gz",
    "csv.gz,csv.zst",
    "csv.zst,jsonl.zst"
  })
  void files_ofEachFormat_getTheOutputsOfTensorFlow(String from, String to) throws Exception {
    List<Golden> goldens = Goldens.all();
    RowFiles.write(folder.resolve("reviews-1." + from), goldens.subList(0, 12));
    RowFiles.write(folder.resolve("reviews-2." + from), goldens.subList(12, goldens.size()));
    options.setInput(folder + "/reviews-*." + from);
    options.setOutput(folder + "/scores." + to);
    boolean typed = from.equals("avro") || from.equals("parquet");
    options.setKeys(typed ? "id,stars" : "id:INT64,stars:DOUBLE");

    run();

    List<JsonNode> scores = RowFiles.read(folder, "scores");
    assertThat(scores)
        .allSatisfy(
            row -> assertThat(row.fieldNames()).toIterable().containsExactly("id", "stars", "log"))
        .allSatisfy(row -> assertThat(row.get("stars").asDouble()).isEqualTo(4.5));
    Goldens.assertScored(
        scores.stream()
            .collect(
                Collectors.toMap(
                    row -> row.get("id").asLong(), row -> (float) row.get("log").asDouble())),
        RowFiles.read(folder, "scores_errors").stream()
            .collect(
                Collectors.toMap(
                    row -> row.at("/row/id").longValue(), row -> row.get("error").textValue())));
  }

  @Test
  void jsonLines_notRows_areErrorsWithTheirLine() throws Exception {
    Files.write(
        folder.resolve("in.jsonl"),
        List.of("{\"review\":\"the\"}", "{\"review\":", "{\"review\":5}", "{\"stars\":1}"));
    options.setInput(folder + "/in.jsonl");
    options.setOutput(folder + "/scores.jsonl");
    options.setErrors(folder + "/bad.jsonl");

    run();

    assertThat(RowFiles.read(folder, "scores"))
        .singleElement()
        .satisfies(row -> assertThat(row.get("review").textValue()).isEqualTo("the"));
    String reason = "line: not a row (expected: a JSON object with review STRING)";
    Map<String, String> errors =
        RowFiles.read(folder, "bad").stream()
            .collect(
                Collectors.toMap(
                    row -> row.get("line").asText() + row.get("row"),
                    row -> row.get("error").textValue()));
    assertThat(errors)
        .containsOnly(
            Map.entry("{\"review\":null", reason),
            Map.entry("{\"review\":5}null", reason),
            Map.entry("null{\"review\":null}", Goldens.NULL));
  }

  @Test
  void table_recordsOfManyLinesAndNotRows_areReadAsRfc4180() throws Exception {
    Files.writeString(
        folder.resolve("in.csv"),
        String.join(
            "\r\n",
            "\ufeffid,review,more",
            "7,\"the",
            "\"\"the\"\", the\",x",
            "seven,the",
            "8",
            "10,the, that,",
            ",\"\"",
            ""));
    options.setInput(folder + "/in.csv");
    options.setKeys("review,id:INT64");
    options.setOutput(folder + "/scores.csv");

    run();

    assertThat(RowFiles.read(folder, "scores"))
        .extracting(row -> row.get("id").textValue() + ": " + row.get("review").textValue())
        .containsExactlyInAnyOrder("7: the\r\n\"the\", the", ": ");
    assertThat(RowFiles.read(folder, "scores_errors"))
        .extracting(row -> row.get("error").textValue() + " " + row.get("line") + row.get("row"))
        .containsExactlyInAnyOrder(
            "line: not a row (expected: a record with review STRING, id INT64)"
                + " \"seven,the\"null",
            "line: not a row (expected: a record with review STRING, id INT64)"
                + " \"10,the, that,\\\"\\\"\"null",
            Goldens.NULL + " null{\"review\":null,\"id\":8}");
  }

  @Test
  void text_eachLine_isScoredWithItsText() throws Exception {
    Files.write(folder.resolve("1.txt"), List.of("the", "a good film"));
    Files.write(folder.resolve("2.txt"), List.of("", "the"));
    options.setInput(folder + "/*.txt");
    options.setOutput(folder + "/scores.jsonl");
    options.setOutputs("log");

    run();

    List<JsonNode> scores = RowFiles.read(folder, "scores");
    assertThat(scores)
        .extracting(row -> row.get("review").textValue())
        .containsExactlyInAnyOrder("the", "", "the");
    for (JsonNode row : scores) {
      String review = row.get("review").textValue();
      float log =
          Goldens.all().stream().filter(g -> review.equals(g.review())).findFirst().get().log();
      Goldens.assertLog(row.get("log").floatValue(), log);
    }
    assertThat(RowFiles.read(folder, "scores_errors"))
        .singleElement()
        .satisfies(row -> assertThat(row.at("/row/review").textValue()).isEqualTo("a good film"));
  }

  @Test
  void inputFormat_namesThatTellNone_isUsed() throws Exception {
    RowFiles.write(folder.resolve("reviews.avro"), Goldens.all().subList(0, 3));
    Files.move(folder.resolve("reviews.avro"), folder.resolve("000000000000"));
    options.setInput(folder + "/0*");
    options.setInputFormat("avro");
    options.setOutput(folder + "/scores");

    run();

    assertThat(RowFiles.read(folder, "scores")).hasSize(3);
    assertThat(RowFiles.read(folder, "scores_errors")).isEmpty();
  }

  private void run() throws IOException {
    BertserveBulk.build(options, new BigQueryTables(Optional.empty())).run().waitUntilFinish();
  }
}
