package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.AnyShapes;
import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.ManualClock;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.AdmissionGate;
import dev.bertserve.server.text.TextProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The predictor with a runner, which runs in the thread of the test when the test calls it. */
@Timeout(60)
final class PredictorTest {

  private static final int MAX_BATCH_ROWS = 2;
  private static final int MAX_ROWS_IN_FLIGHT = 8;
  private static final BatchShapes SHAPES = AnyShapes.of(MAX_BATCH_ROWS, 128, 256, 1);
  private static final ModelSignature SIGNATURE =
      ModelSignature.ofTexts(List.of("text"), PuppetEngine.OUTPUTS);

  private static final String[] A_AND_B = {"a", "b"};
  private static final Duration RUN_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration DEADLINE = Duration.ofSeconds(55);

  private final OpenRequests open = new OpenRequests();
  private final ManualClock clock = new ManualClock();
  private final MetricsPage page = new MetricsPage();
  private final AdmissionGate gate = new AdmissionGate(MAX_ROWS_IN_FLIGHT, 1_000, () -> 0);
  private final InferenceMetrics metrics =
      new InferenceMetrics(page, "bert", gate::rowsInFlight, () -> 0);
  private final BatchQueue<Row> queue =
      new BatchQueue<>(
          new BatchPolicy(MAX_BATCH_ROWS, Duration.ZERO),
          SHAPES,
          new CostModel(SHAPES, MAX_BATCH_ROWS, 1),
          clock);
  private final RowEncoding encoding =
      new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());
  private final Predictor predictor =
      new Predictor(
          SIGNATURE,
          encoding,
          new Predictor.Admission(gate, open, new RowCache(0, metrics), DEADLINE),
          queue,
          metrics,
          clock);

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
  void predict_inputThatIsAnOutput_isHandedOnAlsoForRowsFromTheCache() {
    Predictor keyed = keyed(new RowCache(1 << 20, metrics));
    Column keys = new Column.Longs(new long[] {Long.MAX_VALUE, -1});
    PredictRequest request =
        new PredictRequest(
            List.of(new String[] {"a"}, new String[] {"b"}),
            List.of(keys),
            () -> false,
            Duration.ofDays(1));
    CompletableFuture<Prediction> first = keyed.predict(request).toCompletableFuture();
    runAll(PuppetEngine.ofFirstWords());

    Column others = new Column.Longs(new long[] {7, 8});
    Prediction cached =
        keyed
            .predict(
                new PredictRequest(
                    request.rows(), List.of(others), () -> false, Duration.ofDays(1)))
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

  private Predictor keyed(RowCache cache) {
    return new Predictor(
        new ModelSignature(
            List.of(InputSpec.text("text"), new InputSpec("id", List.of(), ValueType.INT64, false)),
            List.of(
                new OutputSpec("id", List.of(1), ValueType.INT64, 0, "id"),
                PuppetEngine.OUTPUTS.get(0),
                new OutputSpec("was", List.of(), ValueType.STRING, 0, "text"))),
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
            .predict(new PredictRequest(rows, () -> false, Duration.ofDays(1)))
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
  void predict_answerIsNotANumber_isInternal() {
    CompletableFuture<Prediction> answer = predict("a");

    runAll(new PuppetEngine(row -> Double.POSITIVE_INFINITY));

    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INTERNAL));
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_gateFull_isRejectedAndQueuesNothing() {
    CompletableFuture<Prediction> admitted = predict("a", "a", "a", "a", "a", "a", "a");

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> predict("b", "b"));

    assertThat(refusal.kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(queue.waitingRows()).isEqualTo(7);
    assertThat(admitted).isNotDone();
  }

  @Test
  void predict_queueClosed_isUnavailableAndLeavesTheGate() {
    queue.close();

    assertKind(predict("a"), FailureKind.UNAVAILABLE);
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_tokenizerThrows_leavesTheGate() {
    assertThatThrownBy(() -> predict("a", null)).isInstanceOf(RuntimeException.class);

    assertThat(gate.rowsInFlight()).isZero();
    assertThat(queue.waitingRows()).isZero();
  }

  @Test
  void predict_callerDisconnected_neverReachesTheEngine() {
    PuppetEngine engine = PuppetEngine.ofFirstWords();
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"a"});
    CompletableFuture<Prediction> answer =
        predictor
            .predict(new PredictRequest(rows, () -> true, Duration.ofDays(1)))
            .toCompletableFuture();

    runAll(engine);

    assertThat(engine.batches()).isEmpty();
    assertThat(answer).isCompletedExceptionally();
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

  @Test
  void predict_deadlinePassesInTheQueue_is504AndNeverRuns() {
    PuppetEngine engine = PuppetEngine.ofFirstWords();
    CompletableFuture<Prediction> late = predict("a", "b");
    clock.advance(DEADLINE.toNanos());

    watch(List.of()).check(clock.getAsLong());
    assertKind(late, FailureKind.DEADLINE_EXCEEDED);
    assertThat(gate.rowsInFlight()).isZero();

    CompletableFuture<Prediction> inTime = predict("c");
    runAll(engine);
    assertThat(floats(inTime.join(), 0)).containsExactly(LetterTokenizer.C);
    assertThat(engine.batches()).containsExactly(1);
  }

  @Test
  void predict_callersOwnTimeout_comesBeforeTheDeadline() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"a"});
    CompletableFuture<Prediction> answer =
        predictor
            .predict(new PredictRequest(rows, () -> false, Duration.ofMillis(20)))
            .toCompletableFuture();
    clock.advance(TimeUnit.MILLISECONDS.toNanos(20));

    runAll(PuppetEngine.ofFirstWords());

    assertKind(answer, FailureKind.DEADLINE_EXCEEDED);
  }

  @Test
  void predict_moreWorkThanTheDeadlineAllows_isRejectedWithRetryAfter() {
    queue.recordRun(6, 6, TimeUnit.SECONDS.toNanos(20));
    CompletableFuture<Prediction> admitted = predict("a", "a", "a", "a");

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> predict("b", "b", "b", "b"));

    assertThat(refusal.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(refusal.retryAfterSeconds()).isBetween(10, 60);
    assertThat(refusal).hasMessageMatching("deadline: about \\d+ ms needed .*");
    assertThat(gate.rowsInFlight()).isEqualTo(4);
    assertThat(admitted).isNotDone();
  }

  @Test
  void predict_engineHangs_failsItsRowsOnceAndReportsOnce() {
    List<String> reports = new ArrayList<>();
    List<BatchRunner> runners = new ArrayList<>();
    RequestWatch[] watch = new RequestWatch[1];
    PuppetEngine hanging =
        new PuppetEngine(
            row -> {
              clock.advance(RUN_TIMEOUT.toNanos());
              watch[0].check(clock.getAsLong());
              watch[0].check(clock.getAsLong());
              return 1;
            });
    BatchRunner runner = new BatchRunner(queue, hanging, metrics, clock);
    runners.add(runner);
    watch[0] = new RequestWatch(open, queue, runners, RUN_TIMEOUT, reports::add, clock);
    CompletableFuture<Prediction> answer = predict("a");
    queue.close();

    runner.run();

    assertKind(answer, FailureKind.INTERNAL);
    assertThat(reports).containsExactly("engine: a batch has not come back within 5 s");
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_tooMuchText_isOverloadedByBytes() {
    CompletableFuture<Prediction> admitted = predict("a".repeat(300));

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> predict("a".repeat(300)));

    assertThat(refusal.kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(refusal)
        .hasMessageStartingWith("overloaded: 620 bytes of text and answers in flight");
    assertThat(admitted).isNotDone();
  }

  @Test
  void predict_deadlinePassesWhileARowRuns_staysInFlightUntilItIsBack() {
    List<Integer> whileItRuns = new ArrayList<>();
    PuppetEngine slow =
        new PuppetEngine(
            row -> {
              clock.advance(DEADLINE.toNanos());
              watch(List.of()).check(clock.getAsLong());
              whileItRuns.add(gate.rowsInFlight());
              return 1;
            });
    CompletableFuture<Prediction> late = predict("a");

    runAll(slow);

    assertKind(late, FailureKind.DEADLINE_EXCEEDED);
    assertThat(whileItRuns).containsExactly(1);
    assertThat(gate.rowsInFlight()).isZero();
  }

  private RequestWatch watch(List<BatchRunner> runners) {
    return new RequestWatch(open, queue, runners, RUN_TIMEOUT, reason -> {}, clock);
  }

  private static void assertKind(CompletableFuture<Prediction> answer, FailureKind kind) {
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(ServingException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  private CompletableFuture<Prediction> predict(String... texts) {
    List<String[]> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(new String[] {text});
    }
    return predictor
        .predict(new PredictRequest(rows, () -> false, Duration.ofDays(1)))
        .toCompletableFuture();
  }

  private void runAll(PuppetEngine engine) {
    queue.close();
    new BatchRunner(queue, engine, metrics, clock).run();
  }
}
