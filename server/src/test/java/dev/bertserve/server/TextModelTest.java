package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.Output;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.InProcessModel;
import java.nio.file.Path;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The library, compared with TensorFlow's outputs. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class TextModelTest {

  private static final double TOLERANCE = 1e-5;
  private static final ModelOptions FP32 = ModelOptions.DEFAULT.withPrecision("fp32");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CLASSES = "out_classes";

  private static TextModel model;

  @BeforeAll
  static void open() throws Exception {
    model = TextModel.open(SmallModels.folder(CLASSES).toString(), FP32);
  }

  @AfterAll
  static void close() {
    model.close();
  }

  @Test
  void predict_severalOutputs_areTheModels() throws Exception {
    List<String> lines = SmallModels.lines(CLASSES, "goldens.jsonl");

    List<Outputs> rows = model.predict(texts(lines));

    assertThat(rows).hasSameSizeAs(lines);
    assertThat(rows.get(0).names()).containsExactlyElementsOf(model.outputs());
    for (int i = 0; i < lines.size(); i++) {
      JsonNode expected = SmallModels.prediction(lines.get(i));
      Outputs row = rows.get(i);
      for (int k = 0; k < 4; k++) {
        assertThat((double) row.floats("probs")[k])
            .isCloseTo(expected.get("probs").get(k).doubleValue(), within(TOLERANCE));
      }
      assertThat(row.longs("class")).containsExactly(expected.get("class").longValue());
      assertThat(row.texts("label")).containsExactly(expected.get("label").textValue());
    }
    assertThat(model.inputs()).containsExactly("text");
    assertThat(model.outputs())
        .containsExactly("class", "class_32", "label", "label_column", "probability", "probs");
  }

  @Test
  void outputTypes_severalOutputs_haveKindAndShape() {
    assertThat(model.outputTypes())
        .contains(
            new Output("class", Output.Kind.LONGS, List.of()),
            new Output("label_column", Output.Kind.TEXTS, List.of(1)),
            new Output("probs", Output.Kind.FLOATS, List.of(4)));
  }

  @Test
  void predictAll_manyRows_keepsTheOrder() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      texts.add("film " + i);
    }
    Iterator<Outputs> all = model.predictAll(texts.iterator());
    List<Outputs> alone = model.predict(List.of("film 0", "film 2500", "film 4999"));

    List<Outputs> rows = new ArrayList<>();
    all.forEachRemaining(rows::add);

    assertThat(rows).hasSameSizeAs(texts);
    for (int i = 0; i < 3; i++) {
      assertThat(rows.get(List.of(0, 2_500, 4_999).get(i)).floats("probs"))
          .usingComparatorWithPrecision((float) TOLERANCE)
          .containsExactly(alone.get(i).floats("probs"));
    }
    assertThatThrownBy(all::next).isInstanceOf(NoSuchElementException.class);
  }

  @Test
  void predict_noRows_isEmpty() {
    assertThat(model.predict(List.of())).isEmpty();
  }

  @Test
  void predictAsync_tooManyRows_saysHowMany() {
    assertThatThrownBy(() -> model.predictAsync(Collections.nCopies(model.maxRows() + 1, "a")))
        .hasMessage("texts: %s (expected: at most %s)", model.maxRows() + 1, model.maxRows());
  }

  @Test
  void predictAsync_noRoom_isRejectedAndTheRestIsScored() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    List<String> held =
        new AbstractList<>() {
          @Override
          public String get(int index) {
            entered.countDown();
            try {
              released.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            return "film " + index;
          }

          @Override
          public int size() {
            return model.maxRows();
          }
        };
    var first = CompletableFuture.supplyAsync(() -> model.predictAsync(held).join());
    entered.await();

    var second = model.predictAsync(List.of("a"));
    released.countDown();

    assertThatThrownBy(second::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RejectedExecutionException.class);
    assertThat(first.get()).hasSize(model.maxRows());
    assertThat(model.predictAsync(List.of("a")).get()).hasSize(1);
  }

  /** A bound of its own would still count the rows of a failed call, whose caller goes on. */
  @Test
  void open_inProcess_leavesTheBoundOnRowsToItsCallers() throws Exception {
    try (InProcessModel inProcess =
        InProcessModel.open(
            SmallModels.location(CLASSES),
            EngineSettings.of(Precision.FP32, 1),
            List.of(),
            line -> {})) {
      assertThat(inProcess.service().maxRows()).isGreaterThan(100 * model.maxRows());
    }
  }

  @Test
  void predictRows_wrongNumberOfTexts_costsNoRoom() {
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(
              () -> model.predictRows(Collections.nCopies(500, List.of("first", "second"))))
          .hasMessage("row: 2 texts (expected: 1, for [text])");
    }
    assertThat(model.predict(List.of("a"))).hasSize(1);
  }

  /** All of the model's threads would wait for each other if they ran the actions. */
  @Test
  void predictAsync_actionsThatPredict_areDone() throws Exception {
    List<CompletableFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      String text = "a film " + i;
      futures.add(
          model
              .predictAsync(List.of("first " + text))
              .thenApply(rows -> model.predict(List.of("second " + text)).size()));
    }

    for (CompletableFuture<Integer> future : futures) {
      assertThat(future.get()).isEqualTo(1);
    }
  }

  @Test
  void predict_nullText_isNamedAndCostsNoRoom() throws Exception {
    List<String> texts = Arrays.asList("a", null);
    String message = "text: null (expected: a string)";

    assertThatThrownBy(() -> model.predict(texts)).hasMessage(message);
    assertThatThrownBy(() -> model.predictAsync(texts)).hasMessage(message);
    assertThatThrownBy(() -> model.predictAll(texts.iterator()).next()).hasMessage(message);
    assertThatThrownBy(() -> model.predictRows(List.of(Arrays.asList((String) null))))
        .hasMessage(message);

    assertThat(model.predictRows(List.of(List.of("a")))).hasSize(1);
    assertThat(model.predictAsync(Collections.nCopies(model.maxRows(), "a")).get())
        .hasSize(model.maxRows());
  }

  @Test
  void open_secondModelInTheSameProcess_bothAnswer() throws Exception {
    try (TextModel other =
        TextModel.open(
            SmallModels.folder("out_signatures").toString(), FP32.withSignature("labelled"))) {
      Outputs row = other.predict(List.of("a good film")).get(0);

      assertThat(row.names()).containsExactly("label", "probs", "text");
      assertThat(row.texts("text")).containsExactly("a good film");
      assertThat(model.predict(List.of("a good film")).get(0).names()).contains("class");
      assertThatThrownBy(row::score).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> row.floats("label"))
          .hasMessage("output: label as Floats (expected: Texts)");
      assertThatThrownBy(() -> row.floats("class"))
          .hasMessage("output: class (expected: one of [label, probs, text])");
    }
  }

  @Test
  void open_otherInputs_areRefusedByName() {
    assertThatThrownBy(() -> TextModel.open(SmallModels.folder("out_keys").toString(), FP32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("inputs: [column, flag, id")
        .hasMessageEndingWith("(expected: texts only)");
  }

  @Test
  void open_noFolder_saysSo() {
    Path nowhere = Path.of("nowhere");

    assertThatThrownBy(() -> TextModel.open(nowhere.toString()))
        .hasMessage("model: nowhere (expected: a SavedModel directory, or gs://bucket/folder)");
    assertThatThrownBy(() -> FP32.withPrecision("fp8"))
        .hasMessage("precision: fp8 (expected: auto, fp32, bf16, fp16 or int8)");
  }

  private static List<String> texts(List<String> lines) throws Exception {
    List<String> texts = new ArrayList<>();
    for (String line : lines) {
      texts.add(JSON.readTree(line).get("inputs").get("text").textValue());
    }
    return texts;
  }
}
