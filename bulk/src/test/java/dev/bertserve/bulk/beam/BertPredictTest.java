package dev.bertserve.bulk.beam;

import static dev.bertserve.bulk.beam.SmallModel.FOLDER;
import static dev.bertserve.bulk.beam.SmallModel.FP32;
import static dev.bertserve.bulk.beam.SmallModel.KEY;
import static dev.bertserve.bulk.beam.SmallModel.PREDICT;
import static dev.bertserve.bulk.beam.SmallModel.assertOutputs;
import static dev.bertserve.bulk.beam.SmallModel.films;
import static dev.bertserve.bulk.beam.SmallModel.pipeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.bulk.KeptModel;
import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.SharedModels;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.coders.VarIntCoder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Create;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Texts, pairs and rows on the Direct runner, compared with {@link TextModel}. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class BertPredictTest {

  private static final Schema REVIEWS =
      Schema.builder().addInt64Field("id").addStringField("review").build();

  @AutoClose static final KeptModel KEPT = KeptModel.of(KEY);

  private final Pipeline pipeline = pipeline();

  @Test
  void texts_severalBundles_getTheModelsOutputs() {
    List<String> texts = films(600);
    Collected<KV<String, Row>> scored =
        Collected.of(pipeline.apply(Create.of(texts)).apply(PREDICT.texts()).output());

    pipeline.run().waitUntilFinish();

    assertThat(scored.values()).extracting(KV::getKey).containsExactlyInAnyOrderElementsOf(texts);
    List<Outputs> expected = KEPT.model().predict(texts);
    for (KV<String, Row> row : scored.values()) {
      assertOutputs(row.getValue(), expected.get(texts.indexOf(row.getKey())));
    }
  }

  @Test
  void values_equalTexts_keepTheirKeys() {
    List<KV<Integer, String>> pairs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      pairs.add(KV.of(i, "film " + i % 10));
    }
    Collected<KV<Integer, Row>> scored =
        Collected.of(
            pipeline
                .apply(
                    Create.of(pairs).withCoder(KvCoder.of(VarIntCoder.of(), StringUtf8Coder.of())))
                .apply(PREDICT.values())
                .output());

    pipeline.run().waitUntilFinish();

    assertThat(scored.values())
        .extracting(KV::getKey)
        .containsExactlyInAnyOrderElementsOf(pairs.stream().map(KV::getKey).toList());
    List<Outputs> expected = KEPT.model().predict(films(10));
    for (KV<Integer, Row> row : scored.values()) {
      assertOutputs(row.getValue(), expected.get(row.getKey() % 10));
    }
  }

  @Test
  void rows_withSchema_getAFieldForEachOutput() {
    List<Row> reviews = new ArrayList<>();
    for (String text : films(50)) {
      reviews.add(Row.withSchema(REVIEWS).addValues((long) reviews.size(), text).build());
    }
    var output =
        pipeline
            .apply(Create.of(reviews).withRowSchema(REVIEWS))
            .apply(PREDICT.rows("review"))
            .output();
    Collected<Row> scored = Collected.of(output);

    pipeline.run().waitUntilFinish();

    assertThat(output.getSchema().getFieldNames())
        .containsExactly(
            "id", "review", "class", "class_32", "label", "label_column", "probability", "probs");
    assertThat(scored.values()).hasSize(50);
    List<Outputs> expected = KEPT.model().predict(films(50));
    for (Row row : scored.values()) {
      assertThat(row.getString("review")).isEqualTo("film " + row.getInt64("id"));
      assertOutputs(row, expected.get(row.getInt64("id").intValue()));
    }
  }

  @Test
  void rows_wrongFields_areNamedWhenThePipelineIsBuilt() {
    var rows = pipeline.apply(Create.empty(REVIEWS));
    Schema review = Schema.builder().addStringField("review").build();

    assertThatThrownBy(() -> rows.apply("1", PREDICT.rows("text")))
        .hasMessage("field: text (expected: a STRING of [id, review])");
    assertThatThrownBy(() -> rows.apply("2", PREDICT.rows("id")))
        .hasMessage("field: id (expected: a STRING of [id, review])");
    assertThatThrownBy(() -> rows.apply("3", PREDICT.withOutputs(review).rows("review")))
        .hasMessageStartingWith("output: review (expected: no field of the rows");
  }

  @Test
  void withOutputs_modelIsElsewhere_buildsThePipeline() {
    Schema label = Schema.builder().addStringField("label").build();
    var texts = pipeline.apply(Create.of("a film"));

    var scored = texts.apply("1", BertPredict.on("elsewhere").withOutputs(label).texts()).output();

    assertThat(((KvCoder<?, ?>) scored.getCoder()).getValueCoder().getEncodedTypeDescriptor())
        .hasToString(Row.class.getName());
    assertThatThrownBy(() -> texts.apply("2", BertPredict.on("elsewhere").texts()))
        .hasMessageStartingWith("model: elsewhere (expected: a SavedModel directory");
  }

  @Test
  void withOutputs_someOutputs_arriveInThatOrder() {
    Schema two = Schema.builder().addStringField("label").addInt64Field("class").build();
    Collected<KV<String, Row>> scored =
        Collected.of(
            pipeline.apply(Create.of("a film")).apply(PREDICT.withOutputs(two).texts()).output());

    pipeline.run().waitUntilFinish();

    Outputs expected = KEPT.model().predict(List.of("a film")).get(0);
    assertThat(scored.values())
        .extracting(KV::getValue)
        .containsExactly(
            Row.withSchema(two)
                .addValues(expected.texts("label")[0], expected.longs("class")[0])
                .build());
  }

  @Test
  void withOutputs_anotherType_failsInTheWorker() {
    Schema wrong = Schema.builder().addFloatField("probs").build();
    pipeline.apply(Create.of("a film")).apply(PREDICT.withOutputs(wrong).texts());

    assertThatThrownBy(() -> pipeline.run().waitUntilFinish())
        .hasStackTraceContaining("output: probs of type FLOAT (expected: ARRAY of FLOAT)");
  }

  @Test
  void pipeline_modelIsOpenInTheWorker_readsNoFile(@TempDir Path folder) throws Exception {
    Path copy = folder.resolve("model");
    copy(Path.of(FOLDER), copy);
    ModelKey key = ModelKey.of(copy.toString(), FP32);
    SharedModels.OF_WORKER.acquire(key);
    delete(copy);
    Collected<KV<String, Row>> scored =
        Collected.of(
            pipeline
                .apply(Create.of(films(100)))
                .apply(BertPredict.on(copy.toString()).withOptions(FP32).texts())
                .output());

    pipeline.run().waitUntilFinish();
    SharedModels.OF_WORKER.release(key);

    assertThat(scored.values()).hasSize(100);
    assertThatThrownBy(() -> SharedModels.OF_WORKER.acquire(key))
        .hasMessageEndingWith("(expected: a SavedModel directory, or gs://bucket/folder)");
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
