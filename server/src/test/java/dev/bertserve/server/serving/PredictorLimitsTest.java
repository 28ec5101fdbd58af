package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a predictor does not run: rows over a limit, past a deadline, or of callers that are gone.
 */
@Timeout(60)
final class PredictorLimitsTest extends PredictorRig {

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
            .predict(new PredictRequest(rows, new Caller(0, Duration.ofDays(1), () -> true)))
            .toCompletableFuture();

    runAll(engine);

    assertThat(engine.batches()).isEmpty();
    assertThat(answer).isCompletedExceptionally();
    assertThat(gate.rowsInFlight()).isZero();
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
            .predict(new PredictRequest(rows, new Caller(0, Duration.ofMillis(20), () -> false)))
            .toCompletableFuture();
    clock.advance(TimeUnit.MILLISECONDS.toNanos(20));

    runAll(PuppetEngine.ofFirstWords());

    assertKind(answer, FailureKind.DEADLINE_EXCEEDED);
  }

  @Test
  void predict_requestHasWaitedForAWorker_countsForItsDeadline() {
    clock.advance(DEADLINE.toNanos() - 1);
    Caller caller = Caller.inProcess(0);
    predictor.requireRoom(caller);
    CompletableFuture<Prediction> admitted =
        predictor.predict(request("a", caller)).toCompletableFuture();
    clock.advance(1);

    for (ThrowingCallable late :
        List.<ThrowingCallable>of(
            () -> predictor.requireRoom(caller), () -> predictor.predict(request("b", caller)))) {
      ServingException refusal = catchThrowableOfType(ServingException.class, late);
      assertThat(refusal.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
      assertThat(refusal).hasMessage("deadline: passed before the answer was there");
    }

    assertThat(queue.waitingRows()).isEqualTo(1);
    runAll(PuppetEngine.ofFirstWords());
    assertKind(admitted, FailureKind.DEADLINE_EXCEEDED);
    assertThat(gate.rowsInFlight()).isZero();
  }

  private static PredictRequest request(String text, Caller caller) {
    return new PredictRequest(List.<String[]>of(new String[] {text}), caller);
  }

  @Test
  void predict_deadlinePassesWhileItIsEncoded_is504() {
    queue.recordRun(6, 6, TimeUnit.SECONDS.toNanos(1));
    RowEncoding slow =
        (texts, others) -> {
          clock.advance(DEADLINE.toNanos());
          return encoding.encode(texts, others);
        };
    Predictor late =
        new Predictor(
            PuppetEngine.SIGNATURE,
            slow,
            new Predictor.Admission(gate, open, new RowCache(0, metrics), DEADLINE),
            queue,
            metrics,
            clock);

    ServingException refusal =
        catchThrowableOfType(
            ServingException.class, () -> late.predict(request("a", Caller.inProcess(0))));

    assertThat(refusal.kind()).isEqualTo(FailureKind.DEADLINE_EXCEEDED);
    assertThat(gate.rowsInFlight()).isZero();
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
}
