package dev.bertserve.bulk.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The functions that tasks run, without Spark around them. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class ScorePartitionTest {

  private static final ModelKey KEY =
      ModelKey.of(
          Path.of("target", "models", "out_classes").toString(),
          ModelOptions.DEFAULT.withPrecision("fp32"));

  private static TextModel model;
  private static StructType outputs;

  @BeforeAll
  static void open() throws Exception {
    model = ExecutorModels.acquire(KEY);
    outputs = OutputColumns.of(model);
  }

  @AfterAll
  static void release() {
    ExecutorModels.release(KEY);
  }

  @Test
  void call_manyRows_addsTheModelsOutputsInOrder() throws Exception {
    List<Row> rows = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      texts.add("film " + i % 50);
      rows.add(RowFactory.create((long) i, texts.get(i)));
    }

    List<Row> scored = call(rows.iterator());

    assertThat(scored).hasSize(5_000);
    List<Outputs> expected = model.predict(texts);
    for (int i = 0; i < 5_000; i++) {
      Row row = scored.get(i);
      assertThat(row.getLong(0)).isEqualTo(i);
      assertThat(row.getLong(2 + outputs.fieldIndex("class")))
          .isEqualTo(expected.get(i).longs("class")[0]);
      assertThat(row.getString(2 + outputs.fieldIndex("label")))
          .isEqualTo(expected.get(i).texts("label")[0]);
      assertThat((Float[]) row.get(2 + outputs.fieldIndex("probs")))
          .hasSize(expected.get(i).floats("probs").length);
      assertThat(row.isNullAt(row.length() - 1)).isTrue();
    }
  }

  @Test
  void call_nullText_costsThatRowAlone() throws Exception {
    List<Row> scored =
        call(
            List.of(
                    RowFactory.create(1L, "a film"),
                    RowFactory.create(2L, null),
                    RowFactory.create(3L, "dull"))
                .iterator());

    assertThat(scored)
        .extracting(row -> row.getString(row.length() - 1))
        .containsExactly(null, "review: null (expected: a string)", null);
    assertThat(scored.get(1).isNullAt(2)).isTrue();
    assertThat(scored.get(2).isNullAt(2)).isFalse();
  }

  @Test
  void call_statedTypeIsNotTheModels_fails() {
    StructType wrong = new StructType().add("class", DataTypes.StringType);
    ScorePartition function = new ScorePartition(KEY, wrong, List.of("review"), new int[] {1});

    assertThatThrownBy(() -> function.call(List.of(RowFactory.create(1L, "x")).iterator()).next())
        .hasMessage("output: class of type string (expected: bigint)");
  }

  @Test
  void sqlFunction_texts_returnsAStructOfOutputs() throws Exception {
    ScoreText all = new ScoreText(KEY, outputs);
    ScoreText label = new ScoreText(KEY, new StructType().add("label", DataTypes.StringType));

    assertThat(all.call(null)).isNull();
    assertThat(((Row) all.call("a film")).length()).isEqualTo(outputs.size());
    assertThat(label.call("a film"))
        .isEqualTo(model.predict(List.of("a film")).get(0).texts("label")[0]);
  }

  @Test
  void acquire_moreModelsThanAreKept_closesTheOldest() throws Exception {
    ModelKey oldest = new ModelKey(KEY.model(), "fp32", "serving_default");
    ModelKey newest = new ModelKey(KEY.model(), "auto", "serving_default");
    TextModel first = used(oldest);
    used(KEY);
    TextModel last = used(newest);

    assertThat(used(newest)).isSameAs(last);
    assertThat(used(oldest)).isNotSameAs(first);
  }

  private static TextModel used(ModelKey key) throws Exception {
    TextModel opened = ExecutorModels.acquire(key);
    ExecutorModels.release(key);
    return opened;
  }

  /** As an executor does it: with a copy of the function. */
  private static List<Row> call(Iterator<Row> rows) throws Exception {
    ScorePartition function = new ScorePartition(KEY, outputs, List.of("review"), new int[] {1});
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(function);
    }
    List<Row> scored = new ArrayList<>();
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      ((ScorePartition) in.readObject()).call(rows).forEachRemaining(scored::add);
    }
    return scored;
  }
}
