package dev.bertserve.server.serving;

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
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.AdmissionGate;
import dev.bertserve.server.text.TextProgram;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests whose responses exceed the memory in flight. */
@Timeout(60)
final class ResponseBoundTest {

  private static final BatchShapes SHAPES = AnyShapes.of(2, 128, 256, 1);
  private static final RowEncoding ENCODING =
      new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());

  private final InferenceMetrics metrics =
      new InferenceMetrics(new MetricsPage(), "bert", () -> 0, () -> 0);
  private final ManualClock clock = new ManualClock();
  private final BatchQueue<Row> queue =
      new BatchQueue<>(
          new BatchPolicy(2, Duration.ZERO), SHAPES, new CostModel(SHAPES, 2, 1), clock);

  @Test
  void predict_answersTakeMoreThanTheBound_isTooLargeBeforeAnythingIsAllocated() {
    OutputSpec states = new OutputSpec("states", List.of(128, 128));
    AdmissionGate small = new AdmissionGate(4_096, 62_500_000, () -> 0);
    Predictor wide = predictor(small, states);

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> wide.predict(emptyTexts(4_096)));

    assertThat(wide.maxRows()).isEqualTo(952);
    assertThat(refusal.kind()).isEqualTo(FailureKind.TOO_LARGE);
    assertThat(refusal)
        .hasMessage(
            "instances: 4096 rows, whose answers take 268500992 bytes (expected: at most 952 rows"
                + " in one request)");
    assertThat(small.rowsInFlight()).isZero();
  }

  @Test
  void predict_answersOfOthersAreInFlight_isOverloadedUntilTheyAreClosed() {
    OutputSpec wide = new OutputSpec("wide", List.of(100));
    // Two rows of 400 bytes of floats, and 1,600 bytes of encoded text each.
    AdmissionGate small = new AdmissionGate(8, 4_000, () -> 0);
    Predictor predictor = predictor(small, wide);
    CompletableFuture<Prediction> first = predictor.predict(emptyTexts(2)).toCompletableFuture();

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> predictor.predict(emptyTexts(1)));
    assertThat(refusal.kind()).isEqualTo(FailureKind.OVERLOADED);
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
    assertThat(refusal)
        .hasMessage(
            "overloaded: 4000 bytes of text and answers in flight (expected: at most 4000 with the"
                + " 2000 of this request)");
    answerWaiting(new float[200]);
    assertThatThrownBy(() -> predictor.predict(emptyTexts(1))).hasMessage(refusal.getMessage());

    first.join().close();

    assertThat(predictor.predict(emptyTexts(1))).isNotNull();
  }

  @Test
  void predictor_noRoomForOneAnswer_isRejected() {
    AdmissionGate small = new AdmissionGate(8, 1_999, () -> 0);

    assertThatThrownBy(() -> predictor(small, new OutputSpec("wide", List.of(100))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "max-bytes-in-flight: 1999 (expected: at least 2000, the size of the response to one row)");
  }

  private Predictor predictor(AdmissionGate gate, OutputSpec output) {
    return new Predictor(
        NamedSignature.only(
            "serving_default", ModelSignature.ofTexts(List.of("text"), List.of(output))),
        ENCODING,
        new Predictor.Admission(
            gate, new OpenRequests(), new RowCache(0, metrics), Duration.ofSeconds(55)),
        queue,
        metrics,
        clock);
  }

  private static PredictRequest emptyTexts(int rows) {
    return new PredictRequest(Collections.nCopies(rows, new String[] {""}), Caller.inProcess(0));
  }

  /** Completes one batch. */
  private void answerWaiting(float[] answers) {
    List<Row> batch;
    try {
      batch = queue.take().orElseThrow().rows();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    for (int i = 0; i < batch.size(); i++) {
      batch.get(i).complete(List.of(Column.of(answers)), batch.size(), i);
    }
  }
}
