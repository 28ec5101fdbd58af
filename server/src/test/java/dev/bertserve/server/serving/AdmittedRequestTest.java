package dev.bertserve.server.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.fixture.AnyShapes;
import dev.bertserve.server.fixture.ManualClock;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.AdmissionGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Admitted requests that fail before they are queued always leave the gate. */
@Timeout(60)
final class AdmittedRequestTest {

  private static final OutputSpec SCORE = new OutputSpec("score", List.of(1));
  private static final long CACHE_BYTES = 100_000;

  /** Calls on a row; the test chooses one that throws. */
  enum Call {
    HASH,
    TOKENS
  }

  /** A text that fails to encode. */
  private final class Content implements EncodedRow {
    private final String text;

    Content(String text) {
      this.text = text;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Content content && content.text.equals(text);
    }

    @Override
    public int hashCode() {
      called(Call.HASH, text);
      return text.hashCode();
    }

    @Override
    public int tokens() {
      called(Call.TOKENS, text);
      return 1;
    }

    @Override
    public int bytes() {
      return text.length();
    }
  }

  private final class Contents implements RowEncoding {
    @Override
    public Content encode(String[] texts, List<Column> others) {
      return new Content(texts[0]);
    }
  }

  private static final BatchShapes SHAPES = AnyShapes.of(8, 1, 8, 1_000_000);

  private final ManualClock clock = new ManualClock();
  private final AdmissionGate gate = new AdmissionGate(8_192, Long.MAX_VALUE, () -> 0);
  private final InferenceMetrics metrics =
      new InferenceMetrics(new MetricsPage(), "bert", gate::rowsInFlight, () -> 0);
  private final BatchQueue<Row> queue =
      new BatchQueue<>(
          new BatchPolicy(8, Duration.ZERO), SHAPES, new CostModel(SHAPES, 8, 1), clock);
  private final RowEncoding encoding = new Contents();
  private final OpenRequests open = new OpenRequests();

  private Call breaking = Call.HASH;
  private int callsLeft = Integer.MAX_VALUE;

  @Test
  void predict_answersOverflowAnInt_leavesTheGate() {
    Predictor predictor = predictor(open, new OutputSpec("states", List.of(1 << 19)));

    assertThat(catchThrowable(() -> predict(predictor, 4_096, "a"))).isNotNull();

    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_noMemoryForTheAnswers_leavesTheGate() {
    OutputSpec states = new OutputSpec("states", List.of(Integer.MAX_VALUE - 8));
    Predictor predictor =
        predictor(open, Collections.nCopies(16, states).toArray(new OutputSpec[0]));

    assertThat(catchThrowable(() -> predict(predictor, 1, "a"))).isNotNull();

    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  @SuppressWarnings("NullAway") // Stands for open requests that break.
  void predict_openRequestsBreak_leavesTheGate() {
    assertThat(catchThrowable(() -> predict(predictor(null, SCORE), 2, "a"))).isNotNull();

    assertThat(gate.rowsInFlight()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void predict_anyCallBreaks_leavesTheGateAndLetsNobodyWait(Call call) {
    breaking = call;
    int failed = 0;
    Throwable failure;
    do {
      Predictor predictor = predictor(open, SCORE);
      callsLeft = failed;
      CompletableFuture<Prediction> first = new CompletableFuture<>();
      failure = catchThrowable(() -> predict(predictor, 3, "a").thenAccept(first::complete));
      callsLeft = Integer.MAX_VALUE;
      // Shares the rows of the first request that are in flight.
      CompletableFuture<Prediction> second = predict(predictor, 3, "a");
      assertThat(gate.rowsInFlight()).as("call %d", failed).isEqualTo(failure == null ? 6 : 3);

      queue.sweep();
      runWaiting();

      second.join().close();
      if (failure == null) {
        first.join().close();
      }
      assertThat(gate.rowsInFlight()).as("call %d", failed).isZero();
      failed++;
    } while (failure != null);
    assertThat(failed).isGreaterThan(6);
    assertThat(queue.waitingRows()).isZero();
  }

  private void called(Call call, String text) {
    if (call == breaking && callsLeft-- == 0) {
      callsLeft = Integer.MAX_VALUE;
      throw new IllegalStateException(call + " of " + text);
    }
  }

  private Predictor predictor(OpenRequests requests, OutputSpec... outputs) {
    return new Predictor(
        NamedSignature.only(
            "serving_default", ModelSignature.ofTexts(List.of("text"), List.of(outputs))),
        encoding,
        new Predictor.Admission(
            gate, requests, new RowCache(CACHE_BYTES, metrics), Duration.ofSeconds(55)),
        queue,
        metrics,
        clock);
  }

  /** Rows with different numbers. */
  private static CompletableFuture<Prediction> predict(
      Predictor predictor, int count, String text) {
    List<String[]> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(new String[] {text + i});
    }
    return predictor.predict(new PredictRequest(rows, Caller.inProcess(0))).toCompletableFuture();
  }

  private void runWaiting() {
    while (queue.waitingRows() > 0) {
      List<Row> batch;
      try {
        batch = queue.take().orElseThrow().rows();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      List<Column> answers = List.of(Column.of(new float[batch.size()]));
      for (int i = 0; i < batch.size(); i++) {
        batch.get(i).complete(answers, batch.size(), i);
      }
    }
  }
}
