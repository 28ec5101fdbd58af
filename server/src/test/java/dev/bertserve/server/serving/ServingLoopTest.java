package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.AnyShapes;
import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.AdmissionGate;
import dev.bertserve.server.text.TextProgram;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Runners and the watch when something throws unexpectedly. */
@Timeout(60)
final class ServingLoopTest {

  private static final BatchShapes SHAPES = AnyShapes.of(2, 128, 256, 1);
  private static final TokenEncoding ENCODING =
      new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());

  /** Where a batch fails. */
  enum Place {
    /** When the runner reads the clock for the waiting time. */
    WAIT,
    ENGINE,
    /** After the engine, when the time of the batch is recorded. */
    OBSERVE,
    /** An output of the wrong size. */
    SCATTER
  }

  /** Returns 1 per row, unless the batch is to fail. */
  private final class BreakingEngine implements Engine {
    private final PuppetEngine sound = new PuppetEngine(row -> 1);

    @Override
    public List<OutputSpec> outputs() {
      return sound.outputs();
    }

    @Override
    public List<Column> run(BatchPlan<EncodedRow> batch) {
      breakAt(Place.ENGINE);
      ran = true;
      List<Column> answers = sound.run(batch);
      return breaking == Place.SCATTER
          ? List.of(Column.of(new float[batch.rows().size() - 1]))
          : answers;
    }

    @Override
    public BatchShapes shapes() {
      return sound.shapes();
    }

    @Override
    public void runPadding(BatchShape shape) {}

    @Override
    public void close() {}
  }

  private final Lifecycle lifecycle = new Lifecycle();
  private final List<String> deaths = new ArrayList<>();
  private final AdmissionGate gate = new AdmissionGate(8, 1_000_000, () -> 0);
  private final InferenceMetrics metrics =
      new InferenceMetrics(new MetricsPage(), "bert", gate::rowsInFlight, () -> 0);
  private final RowCache cache = new RowCache(100_000, metrics);
  private final OpenRequests open = new OpenRequests();
  private final BatchQueue<Row> queue =
      new BatchQueue<>(
          new BatchPolicy(2, Duration.ZERO), SHAPES, new CostModel(SHAPES, 2, 1), this::queueClock);
  private final Predictor predictor =
      new Predictor(
          PuppetEngine.SIGNATURE,
          ENCODING,
          new Predictor.Admission(gate, open, cache, Duration.ofSeconds(55)),
          queue,
          metrics,
          () -> 0);

  private Place breaking;
  private Error failure = new AssertionError("broken");
  private boolean ran;
  private volatile boolean queueIsBroken;

  @BeforeEach
  void start() {
    lifecycle.moveTo(State.READY);
  }

  @AfterEach
  void stop() {
    queue.close();
  }

  @ParameterizedTest
  @EnumSource
  void runner_batchBreaksAnywhere_failsItsRowsAloneAndRunsTheNext(Place place) {
    List<CompletableFuture<Prediction>> failing = List.of(predict("a"), predict("b"));
    List<CompletableFuture<Prediction>> working = List.of(predict("c"), predict("d"));
    breaking = place;

    new ServingLoop(runnerThatMendsAfterOneBatch(), this::die).run();

    failing.forEach(answer -> assertInternal(answer, "the model failed to run"));
    for (CompletableFuture<Prediction> answer : working) {
      assertThat(floats(answer.join(), 0)).containsExactly(1);
      answer.join().close();
    }
    assertThat(gate.rowsInFlight()).isZero();
    assertThat(lifecycle.state()).isEqualTo(State.READY);
    assertThat(cache.holds(ENCODING.encode("a"))).as("nothing wrong is kept").isFalse();
  }

  @Test
  void runner_noMemory_failsItsRowsAndRunsTheNext() {
    failure = new OutOfMemoryError("Java heap space");

    runner_batchBreaksAnywhere_failsItsRowsAloneAndRunsTheNext(Place.ENGINE);
  }

  @Test
  void runner_queueBreaks_turnsHealthBadAndSaysWhichThread() throws Exception {
    queueIsBroken = true;
    Thread thread = new Thread(new ServingLoop(runner(() -> 0), this::die), "runner-7");
    queue.close();

    thread.start();
    thread.join();

    assertThat(deaths).containsExactly("runner-7: ended by no memory in the queue");
    assertThat(lifecycle.state()).isEqualTo(State.FAILED);
    assertThat(lifecycle.reason()).isEqualTo("runner-7: ended by no memory in the queue");
  }

  @Test
  void runner_queueBreaksWithABatchInHand_failsItsRows() {
    // A disconnected caller is dropped while the queue returns the batch.
    CompletableFuture<Prediction> taken = predict("a", "b");
    CompletableFuture<Prediction> gone =
        predictor
            .predict(
                new PredictRequest(
                    List.of(new String[] {"c"}, new String[] {"d"}),
                    new Caller(0, Duration.ofDays(1), new GoneThenBroken()::isGone)))
            .toCompletableFuture();

    new ServingLoop(runner(() -> 0), this::die).run();

    assertThat(deaths).hasSize(1);
    assertThat(taken).isCompletedExceptionally();
    assertThat(gone).isNotDone();
  }

  @Test
  void runner_interrupted_isSeen() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Thread thread =
        new Thread(
            new ServingLoop(
                runner(() -> 0),
                reason -> {
                  die(reason);
                  ended.countDown();
                }),
            "runner-0");

    thread.start();
    thread.interrupt();
    ended.await();

    assertThat(deaths).containsExactly("runner-0: ended by an interrupt while the queue was open");
  }

  @Test
  void runner_queueClosed_endsWithoutADeath() {
    queue.close();

    new ServingLoop(runner(() -> 0), this::die).run();

    assertThat(deaths).isEmpty();
    assertThat(lifecycle.state()).isEqualTo(State.READY);
  }

  @Test
  void watch_breaks_turnsHealthBadAndSaysWhichThread() throws Exception {
    RequestWatch watch =
        new RequestWatch(
            open, queue, List.of(), Duration.ofSeconds(5), reason -> {}, this::brokenClock);
    Thread thread = new Thread(new ServingLoop(watch, this::die), "watch");

    thread.start();
    thread.join();

    assertThat(deaths).containsExactly("watch: ended by broken");
    assertThat(lifecycle.state()).isEqualTo(State.FAILED);
    assertThat(lifecycle.reason()).isEqualTo("watch: ended by broken");
  }

  /** Reports that its caller has disconnected, and throws when it is dropped. */
  private static final class GoneThenBroken {
    private int asked;

    boolean isGone() {
      if (asked++ > 1) {
        throw new IllegalStateException("broken");
      }
      return true;
    }
  }

  private BatchRunner runner(LongSupplier clock) {
    return new BatchRunner(queue, new BreakingEngine(), metrics, clock);
  }

  /** Fails in the first batch only, and ends with the second. */
  private Runnable runnerThatMendsAfterOneBatch() {
    queue.close();
    return runner(
        () -> {
          if (queue.waitingRows() == 0) {
            breaking = null;
          }
          if (ran) {
            breakAt(Place.OBSERVE);
          } else {
            breakAt(Place.WAIT);
          }
          return 0;
        });
  }

  private void breakAt(Place place) {
    if (breaking == place) {
      throw failure;
    }
  }

  private long queueClock() {
    if (queueIsBroken) {
      throw new OutOfMemoryError("no memory in the queue");
    }
    return 0;
  }

  private long brokenClock() {
    throw new IllegalStateException("broken");
  }

  private void die(String reason) {
    deaths.add(reason);
    lifecycle.fail(reason);
  }

  private CompletableFuture<Prediction> predict(String... texts) {
    List<String[]> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(new String[] {text});
    }
    return predictor.predict(new PredictRequest(rows, Caller.inProcess(0))).toCompletableFuture();
  }

  private static void assertInternal(CompletableFuture<Prediction> answer, String message) {
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INTERNAL))
        .hasMessage(message);
  }
}
