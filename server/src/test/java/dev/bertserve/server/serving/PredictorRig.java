package dev.bertserve.server.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A predictor with a runner, which runs in the thread of the test when the test calls it. */
abstract class PredictorRig {

  static final int MAX_BATCH_ROWS = 2;
  static final int MAX_ROWS_IN_FLIGHT = 8;
  static final BatchShapes SHAPES = AnyShapes.of(MAX_BATCH_ROWS, 128, 256, 1);
  static final Duration RUN_TIMEOUT = Duration.ofSeconds(5);
  static final Duration DEADLINE = Duration.ofSeconds(55);

  final OpenRequests open = new OpenRequests();
  final ManualClock clock = new ManualClock();
  final MetricsPage page = new MetricsPage();
  final AdmissionGate gate = new AdmissionGate(MAX_ROWS_IN_FLIGHT, 1_000, () -> 0);
  final InferenceMetrics metrics = new InferenceMetrics(page, "bert", gate::rowsInFlight, () -> 0);
  final BatchQueue<Row> queue =
      new BatchQueue<>(
          new BatchPolicy(MAX_BATCH_ROWS, Duration.ZERO),
          SHAPES,
          new CostModel(SHAPES, MAX_BATCH_ROWS, 1),
          clock);
  final RowEncoding encoding =
      new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());
  final Predictor predictor =
      new Predictor(
          PuppetEngine.SIGNATURE,
          encoding,
          new Predictor.Admission(gate, open, new RowCache(0, metrics), DEADLINE),
          queue,
          metrics,
          clock);

  RequestWatch watch(List<BatchRunner> runners) {
    return new RequestWatch(open, queue, runners, RUN_TIMEOUT, reason -> {}, clock);
  }

  static void assertKind(CompletableFuture<Prediction> answer, FailureKind kind) {
    assertThatThrownBy(answer::join)
        .cause()
        .isInstanceOfSatisfying(ServingException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  CompletableFuture<Prediction> predict(String... texts) {
    List<String[]> rows = new ArrayList<>();
    for (String text : texts) {
      rows.add(new String[] {text});
    }
    return predictor
        .predict(new PredictRequest(rows, Caller.inProcess(clock.getAsLong())))
        .toCompletableFuture();
  }

  void runAll(PuppetEngine engine) {
    queue.close();
    new BatchRunner(queue, engine, metrics, clock).run();
  }
}
