package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a predictor returns. */
@Timeout(60)
final class PredictorTest extends PredictorRig {

  private static final String[] A_AND_B = {"a", "b"};

  @Test
  void predict_moreRowsThanABatch_returnsAllOutputsInOrder() {
    PuppetEngine engine = PuppetEngine.ofFirstWords();
    CompletableFuture<Prediction> answer = predict("a", "b c", "c", "b", "a");

    assertThat(answer).isNotDone();
    assertThat(gate.rowsInFlight()).isEqualTo(5);
    runAll(engine);

    assertThat(floats(answer.join(), 0)).containsExactly(4, 5, 6, 5, 4);
    assertThat(engine.batches()).containsExactlyInAnyOrder(2, 2, 1);
    assertThat(gate.rowsInFlight()).isEqualTo(5);
    answer.join().close();
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_twoRequests_shareABatch() {
    PuppetEngine engine = PuppetEngine.ofFirstWords();
    CompletableFuture<Prediction> first = predict("a");
    CompletableFuture<Prediction> second = predict("b");

    runAll(engine);

    assertThat(engine.batches()).containsExactly(2);
    assertThat(floats(first.join(), 0)).containsExactly(LetterTokenizer.A);
    assertThat(floats(second.join(), 0)).containsExactly(LetterTokenizer.B);
  }

  @Test
  void predict_engineRejectsARow_failsItsRequestAlone() {
    PuppetEngine engine =
        new PuppetEngine(
            row -> {
              if (row.id(1) == LetterTokenizer.B) {
                throw new ServingException(FailureKind.INVALID, "a bad value");
              }
              return 1;
            });
    CompletableFuture<Prediction> good = predict("a");
    CompletableFuture<Prediction> bad = predict("b");

    runAll(engine);

    assertThat(engine.batches()).containsExactly(2, 1, 1);
    assertThat(floats(good.join(), 0)).containsExactly(1);
    assertKind(bad, FailureKind.INVALID);
    good.join().close();
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_inputThatIsAnOutput_isHandedOnAlsoForRowsFromTheCache() {
    Predictor keyed = keyed(new RowCache(1 << 20, metrics));
    Column keys = new Column.Longs(new long[] {Long.MAX_VALUE, -1});
    PredictRequest request =
        new PredictRequest(
            List.of(new String[] {"a"}, new String[] {"b"}),
            List.of(keys),
            Caller.inProcess(clock.getAsLong()));
    CompletableFuture<Prediction> first = keyed.predict(request).toCompletableFuture();
    runAll(PuppetEngine.ofFirstWords());

    Column others = new Column.Longs(new long[] {7, 8});
    Prediction cached =
        keyed
            .predict(
                new PredictRequest(
                    request.rows(), List.of(others), Caller.inProcess(clock.getAsLong())))
            .toCompletableFuture()
            .join();

    assertThat(first.join().values())
        .containsExactly(
            keys, Column.of(LetterTokenizer.A, LetterTokenizer.B), new Column.Texts(A_AND_B));
    assertThat(cached.values())
        .containsExactly(
            others, Column.of(LetterTokenizer.A, LetterTokenizer.B), new Column.Texts(A_AND_B));
    assertThat(cached.outputs()).extracting(OutputSpec::name).containsExactly("id", "score", "was");
    first.join().close();
    cached.close();
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_noMemoryForInputsThatAreOutputs_leavesTheGate() {
    AtomicBoolean full = new AtomicBoolean();
    List<String[]> rows =
        new AbstractList<>() {
          @Override
          public String[] get(int row) {
            if (full.get()) {
              throw new OutOfMemoryError("as the test says");
            }
            return new String[] {"a"};
          }

          @Override
          public int size() {
            return 1;
          }
        };
    CompletableFuture<Prediction> answer =
        keyed(new RowCache(0, metrics))
            .predict(
                new PredictRequest(
                    rows,
                    List.of(new Column.Longs(new long[] {1})),
                    Caller.inProcess(clock.getAsLong())))
            .toCompletableFuture();
    assertThat(gate.rowsInFlight()).isEqualTo(1);
    full.set(true);

    runAll(PuppetEngine.ofFirstWords());

    assertThatThrownBy(answer::join).hasCauseInstanceOf(OutOfMemoryError.class);
    assertThat(gate.rowsInFlight()).isZero();
  }

  private Predictor keyed(RowCache cache) {
    return new Predictor(
        NamedSignature.only(
            "serving_default",
            new ModelSignature(
                List.of(
                    InputSpec.text("text"), new InputSpec("id", List.of(), ValueType.INT64, false)),
                List.of(
                    new OutputSpec("id", List.of(1), ValueType.INT64, 0, "id"),
                    PuppetEngine.OUTPUTS.get(0),
                    new OutputSpec("was", List.of(), ValueType.STRING, 0, "text")))),
        encoding,
        new Predictor.Admission(gate, open, cache, DEADLINE),
        queue,
        metrics,
        clock);
  }

  @Test
  void predict_pair_tokenisesBothTexts() {
    PuppetEngine engine = new PuppetEngine(row -> row.id(row.secondStart()));
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"a", "c"});
    CompletableFuture<Prediction> answer =
        predictor
            .predict(new PredictRequest(rows, Caller.inProcess(clock.getAsLong())))
            .toCompletableFuture();

    runAll(engine);

    assertThat(floats(answer.join(), 0)).containsExactly(LetterTokenizer.C);
  }

  @Test
  void predict_noRows_completesImmediately() {
    assertThat(predict().join().rows()).isZero();
  }

  @Test
  void predict_engineThrows_failsTheBatchAndGoesOn() {
    PuppetEngine engine =
        new PuppetEngine(
            row -> {
              if (row.id(1) == LetterTokenizer.B) {
                throw new IllegalStateException("out of order");
              }
              return row.id(1);
            });
    List<CompletableFuture<Prediction>> failing = List.of(predict("b"), predict("a"));
    CompletableFuture<Prediction> working = predict("c", "a");

    runAll(engine);

    for (CompletableFuture<Prediction> one : failing) {
      assertThatThrownBy(one::join)
          .cause()
          .isInstanceOfSatisfying(
              ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INTERNAL))
          .hasMessage("the model failed to run");
    }
    assertThat(floats(working.join(), 0)).containsExactly(6, 4);
    assertThat(gate.rowsInFlight()).isEqualTo(2);
    working.join().close();
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_engineFailsWithAnError_goesOn() {
    AtomicBoolean broken = new AtomicBoolean(true);
    PuppetEngine engine =
        new PuppetEngine(
            row -> {
              if (broken.getAndSet(false)) {
                throw new StackOverflowError();
              }
              return row.id(1);
            });
    CompletableFuture<Prediction> failing = predict("a", "a");
    CompletableFuture<Prediction> working = predict("b b b b b", "b b b b b");

    runAll(engine);

    assertThat(failing).isCompletedExceptionally();
    assertThat(floats(working.join(), 0)).containsExactly(5, 5);
  }

  @Test
  void predict_answerIsNotANumber_isNotFinite() {
    CompletableFuture<Prediction> answer = predict("a");

    runAll(new PuppetEngine(row -> Double.POSITIVE_INFINITY));

    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.NOT_FINITE));
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_waitingRows_recordsTheirWait() throws IOException {
    CompletableFuture<Prediction> answer = predict("a", "b");
    clock.advance(TimeUnit.SECONDS.toNanos(3));

    runAll(PuppetEngine.ofFirstWords());

    assertThat(answer).isCompleted();
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    page.writeTo(text);
    assertThat(text.toString(StandardCharsets.UTF_8))
        .contains("bertserve_queue_wait_seconds_count{model=\"bert\"} 2")
        .contains("bertserve_queue_wait_seconds_sum{model=\"bert\"} 6.0")
        .contains("bertserve_batch_rows_sum{model=\"bert\"} 2.0")
        .contains("bertserve_batch_tokens_sum{model=\"bert\"} 6.0");
  }
}
