package dev.bertserve.bulk.beam;

import static dev.bertserve.bulk.beam.SmallModel.FP32;
import static dev.bertserve.bulk.beam.SmallModel.folder;
import static dev.bertserve.bulk.beam.SmallModel.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.bertserve.bulk.KeptModel;
import dev.bertserve.bulk.ModelKey;
import dev.bertserve.server.embedded.Outputs;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A model of one text or of two, scored with as many fields as a pipeline names. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class OptionalTextTest {

  private static final String MODEL = folder("distilbert");
  private static final Schema PAIRS =
      Schema.builder()
          .addStringField("premise")
          .addStringField("claim")
          .addStringField("more")
          .build();

  @AutoClose static final KeptModel KEPT = KeptModel.of(ModelKey.of(MODEL, FP32));

  private final Pipeline pipeline = pipeline();
  private final PCollection<Row> rows =
      pipeline.apply(
          Create.of(Row.withSchema(PAIRS).addValues("a good film", "the film", "").build())
              .withRowSchema(PAIRS));

  @Test
  void rows_oneFieldOrTwo_areTextsOrPairs() {
    Collected<Row> single = scored("1", "premise");
    Collected<Row> pair = scored("2", "premise", "claim");

    pipeline.run().waitUntilFinish();

    List<Outputs> expected =
        KEPT.model()
            .predictRows(List.of(List.of("a good film"), List.of("a good film", "the film")));
    assertLogits(single, expected.get(0));
    assertLogits(pair, expected.get(1));
  }

  @Test
  void rows_moreFieldsThanInputs_failThePipeline() {
    scored("1", "premise", "claim", "more");

    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .hasMessageContaining("texts: [premise, claim, more] (expected: one for each of [text])");
  }

  private Collected<Row> scored(String name, String... fields) {
    BertPredict predict = BertPredict.on(MODEL).withOptions(FP32);
    return Collected.of(rows.apply(name, predict.rows(fields)).output());
  }

  private static void assertLogits(Collected<Row> scored, Outputs expected) {
    assertThat(scored.values()).hasSize(1);
    List<Float> logits = List.copyOf(scored.values().get(0).<Float>getArray("logits"));
    for (int i = 0; i < logits.size(); i++) {
      assertThat(logits.get(i)).isCloseTo(expected.floats("logits")[i], within(1e-5f));
    }
  }
}
