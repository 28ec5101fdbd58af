package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.fixture.ManualClock;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.AdmissionGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rows of texts use the same queue, cache and gate as rows of ids. */
@Timeout(60)
final class TextRowsTest {

  private static final TextEncoding ENCODING = new TextEncoding();
  private static final BatchShapes SHAPES =
      new BatchShapes(
          List.of(new BatchShape(3, 1), new BatchShape(2, 1), new BatchShape(1, 1)), 1_000_000);

  private final ManualClock clock = new ManualClock();
  private final AdmissionGate gate = new AdmissionGate(64, 10_000, () -> 0);
  private final InferenceMetrics metrics =
      new InferenceMetrics(new MetricsPage(), "bert", gate::rowsInFlight, () -> 0);
  private final BatchQueue<Row> queue =
      new BatchQueue<>(
          new BatchPolicy(3, Duration.ZERO), SHAPES, new CostModel(SHAPES, 3, 1), clock);
  private final LengthEngine engine = new LengthEngine();

  /** Returns the length of a row's texts, after a second. */
  private final class LengthEngine implements Engine {

    private final List<List<List<String>>> batches = new ArrayList<>();

    @Override
    public List<OutputSpec> outputs() {
      return PuppetEngine.OUTPUTS;
    }

    @Override
    public List<Column> run(BatchPlan<EncodedRow> batch) {
      List<List<String>> rows = batch.rows().stream().map(row -> ((TextRow) row).texts()).toList();
      batches.add(List.copyOf(rows));
      clock.advance(TimeUnit.SECONDS.toNanos(1));
      float[] lengths = new float[rows.size()];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = String.join("", rows.get(i)).length();
      }
      return List.of(Column.of(lengths));
    }

    @Override
    public BatchShapes shapes() {
      return SHAPES;
    }

    @Override
    public void runPadding(BatchShape shape) {
      throw new UnsupportedOperationException("a test that warms nothing up");
    }

    @Override
    public void close() {}
  }

  @Test
  void predict_twoRequests_shareBatchesThatAreFull() {
    Predictor predictor = predictor(0);
    CompletableFuture<Prediction> first =
        predict(predictor, row("a long one"), row(""), row("longer than the first"));
    CompletableFuture<Prediction> second = predict(predictor, row("b"), row("a long one"));

    runAll();

    assertThat(engine.batches.stream().map(List::size)).containsExactly(3, 2);
    assertThat(floats(first.join(), 0)).containsExactly(10, 0, 21);
    assertThat(floats(second.join(), 0)).containsExactly(1, 10);
    first.join().close();
    second.join().close();
    assertThat(gate.rowsInFlight()).isZero();
  }

  @Test
  void predict_rowsOfOneRequest_areNotSortedByLength() {
    CompletableFuture<Prediction> answer =
        predict(predictor(0), row("ccc"), row("bb"), row("dddd"), row("a"));

    runAll();

    assertThat(floats(answer.join(), 0)).containsExactly(3, 2, 4, 1);

    assertThat(engine.batches)
        .containsExactly(
            List.of(List.of("ccc"), List.of("bb"), List.of("dddd")), List.of(List.of("a")));
  }

  @Test
  void predict_sameTextsAgain_runOnce() {
    Predictor predictor = predictor(100_000);
    CompletableFuture<Prediction> first = predict(predictor, row("a", "bc"), row("a", "bc"));
    CompletableFuture<Prediction> other = predict(predictor, row("ab", "c"));

    runAll();
    CompletableFuture<Prediction> known = predict(predictor, row("a", "bc"));

    assertThat(engine.batches).containsExactly(List.of(List.of("a", "bc"), List.of("ab", "c")));
    assertThat(floats(first.join(), 0)).containsExactly(3, 3);
    assertThat(floats(other.join(), 0)).containsExactly(3);
    assertThat(floats(known.join(), 0)).containsExactly(3);
  }

  @Test
  void bytes_longerText_isMore() {
    assertThat(ENCODING.encode("a".repeat(1_000)).bytes())
        .isEqualTo(ENCODING.encode("").bytes() + 2_000);
  }

  private Predictor predictor(long cacheBytes) {
    return new Predictor(
        PuppetEngine.SIGNATURE,
        ENCODING,
        new Predictor.Admission(
            gate, new OpenRequests(), new RowCache(cacheBytes, metrics), Duration.ofSeconds(55)),
        queue,
        metrics,
        clock);
  }

  private static String[] row(String... texts) {
    return texts;
  }

  private static CompletableFuture<Prediction> predict(Predictor predictor, String[]... rows) {
    return predictor
        .predict(new PredictRequest(List.of(rows), Caller.inProcess(0)))
        .toCompletableFuture();
  }

  private void runAll() {
    queue.close();
    new BatchRunner(queue, engine, metrics, clock).run();
  }
}
