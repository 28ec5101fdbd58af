package dev.bertserve.bulk.beam;

import static dev.bertserve.bulk.beam.SmallModel.FP32;
import static dev.bertserve.bulk.beam.SmallModel.folder;
import static dev.bertserve.bulk.beam.SmallModel.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.bulk.KeptModel;
import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.RowScoring;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.NullableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.metrics.MetricNameFilter;
import org.apache.beam.sdk.metrics.MetricQueryResults;
import org.apache.beam.sdk.metrics.MetricResult;
import org.apache.beam.sdk.metrics.MetricsFilter;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows that cannot be scored: nulls, and texts whose logarithm is NaN. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class DeadLettersTest {

  private static final String MODEL = folder("out_signatures");

  @AutoClose
  static final KeptModel KEPT = KeptModel.of(ModelKey.of(MODEL, FP32.withSignature("logs")));

  private static final BertPredict PREDICT =
      BertPredict.on(MODEL).withOptions(FP32.withSignature("logs"));
  private static final String NULL = "text: null (expected: a string)";
  private static final String NOT_FINITE = "the model answered NaN (expected: a finite number)";

  private static final List<String> GOOD = new ArrayList<>();
  private static final List<String> BAD = new ArrayList<>();

  private final Pipeline pipeline = pipeline();

  @BeforeAll
  static void readGoldens() throws Exception {
    for (String line : Files.readAllLines(Path.of(MODEL, "goldens-logs.jsonl"))) {
      JsonNode golden = new ObjectMapper().readTree(line);
      (line.contains("null") ? BAD : GOOD).add(golden.get("inputs").get("text").textValue());
    }
    assertThat(GOOD).isNotEmpty();
    assertThat(BAD).isNotEmpty();
  }

  @Test
  void texts_nullAndNotFinite_areDeadLettersAndCostNobodyElse() {
    List<String> texts = new ArrayList<>(GOOD);
    texts.addAll(BAD);
    texts.add(null);
    var result =
        pipeline
            .apply(Create.of(texts).withCoder(NullableCoder.of(StringUtf8Coder.of())))
            .apply(PREDICT.texts());
    Collected<KV<String, Row>> scored = Collected.of(result.output());
    Collected<KV<String, String>> failed = Collected.of(result.failures());

    var run = pipeline.run();
    run.waitUntilFinish();

    List<KV<String, String>> expected = new ArrayList<>();
    BAD.forEach(text -> expected.add(KV.of(text, NOT_FINITE)));
    expected.add(KV.of(null, NULL));
    assertThat(scored.values()).extracting(KV::getKey).containsExactlyInAnyOrderElementsOf(GOOD);
    assertThat(failed.values()).containsExactlyInAnyOrderElementsOf(expected);
    MetricQueryResults metrics =
        run.metrics()
            .queryMetrics(
                MetricsFilter.builder()
                    .addNameFilter(MetricNameFilter.inNamespace(BertPredict.class))
                    .build());
    assertThat(metrics.getCounters())
        .extracting(counter -> counter.getName().getName(), MetricResult::getCommitted)
        .containsExactlyInAnyOrder(
            tuple("rows_scored", (long) GOOD.size()), tuple("rows_failed", BAD.size() + 1L));
    assertThat(metrics.getDistributions())
        .singleElement()
        .satisfies(
            rows ->
                assertThat(rows.getCommitted().getSum())
                    .isEqualTo((long) GOOD.size() + BAD.size()));
  }

  @Test
  void rows_nullField_isADeadLetterWithItsRow() {
    Schema schema = Schema.builder().addInt32Field("id").addNullableStringField("review").build();
    Row missing = Row.withSchema(schema).addValues(1, null).build();
    Row good = Row.withSchema(schema).addValues(2, GOOD.get(0)).build();
    var result =
        pipeline
            .apply(Create.of(missing, good).withRowSchema(schema))
            .apply(PREDICT.rows("review"));
    Collected<Row> scored = Collected.of(result.output());
    Collected<KV<Row, String>> failed = Collected.of(result.failures());

    pipeline.run().waitUntilFinish();

    assertThat(scored.values()).extracting(row -> row.getInt32("id")).containsExactly(2);
    assertThat(failed.values())
        .containsExactly(KV.of(missing, "review: null (expected: a string)"));
  }

  @Test
  void withoutDeadLetters_rowFails_failsThePipelineWithTheReason() {
    pipeline.apply(Create.of(BAD.get(0), GOOD.get(0))).apply(PREDICT.withoutDeadLetters().texts());

    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .isInstanceOf(Pipeline.PipelineExecutionException.class)
        .hasRootCauseMessage(NOT_FINITE);
  }

  @Test
  void score_badRowsAmongMany_failsThoseOnly() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      texts.add(i % 200 == 7 ? BAD.get(0) : GOOD.get(i % GOOD.size()));
    }

    var scored = RowScoring.score(KEPT.model(), texts.stream().map(List::of).toList());

    assertThat(scored).hasSameSizeAs(texts);
    for (int i = 0; i < texts.size(); i++) {
      assertThat(scored.get(i).reason()).isEqualTo(i % 200 == 7 ? NOT_FINITE : "");
    }
  }
}
