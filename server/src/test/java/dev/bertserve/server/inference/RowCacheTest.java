package dev.bertserve.server.inference;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.text.TextProgram;
import dev.bertserve.tokenizer.TokenIds;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class RowCacheTest {

  private static final RowEncoding<TokenIds> ENCODING =
      new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());
  private static final TokenIds A = ENCODING.encode("a");
  private static final TokenIds B = ENCODING.encode("b");
  private static final List<float[]> BATCH = List.of(new float[] {7, 8});

  private final MetricsPage page = new MetricsPage();
  private final RowCache<TokenIds> cache =
      new RowCache<>(ENCODING, 100_000, new InferenceMetrics(page, () -> 0, () -> 0));

  private boolean gone;

  @Test
  void place_answeredBefore_answersAtOnce() throws IOException {
    Gather first = gather();
    cache.place(A, first, 0, 0).answer(BATCH, 2, 1);
    Gather second = gather();

    assertThat(cache.holds(A)).isTrue();
    assertThat(cache.place(A, second, 0, 0)).isNull();

    assertThat(first.result().join().values().get(0)).containsExactly(8);
    assertThat(second.result().join().values().get(0)).containsExactly(8);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    page.writeTo(text);
    assertThat(text.toString(StandardCharsets.UTF_8))
        .contains("bertserve_cache_rows_total{result=\"hit\"} 1.0")
        .contains("bertserve_cache_rows_total{result=\"miss\"} 1.0");
  }

  @Test
  void place_sameTextOnItsWay_runsOnce() {
    Gather first = gather();
    Gather second = gather();
    Row<TokenIds> row = cache.place(A, first, 0, 0);

    assertThat(cache.place(A, second, 0, 0)).isNull();
    assertThat(cache.place(B, gather(), 0, 0)).isNotNull();
    row.answer(BATCH, 2, 0);

    assertThat(first.result().join().values().get(0)).containsExactly(7);
    assertThat(second.result().join().values().get(0)).containsExactly(7);
  }

  @Test
  void place_rowOnItsWayFails_failsBothAndRunsAgain() {
    Gather first = gather();
    Gather second = gather();
    Row<TokenIds> row = cache.place(A, first, 0, 0);
    cache.place(A, second, 0, 0);

    row.fail(new IllegalStateException("broken"));

    assertThat(first.result()).isCompletedExceptionally();
    assertThat(second.result()).isCompletedExceptionally();
    assertThat(cache.place(A, gather(), 0, 0)).isNotNull();
  }

  @Test
  void answer_notANumber_isNotKept() {
    cache.place(A, gather(), 0, 0).answer(List.of(new float[] {Float.NaN}), 1, 0);

    assertThat(cache.holds(A)).isFalse();
    assertThat(cache.place(A, gather(), 0, 0)).isNotNull();
  }

  @Test
  void closeIfUnwanted_firstCallerGoneAndAnotherWaits_staysWanted() {
    Row<TokenIds> row =
        cache.place(A, new Gather(1, PuppetEngine.OUTPUTS, () -> true, 100, () -> {}), 0, 0);
    Gather second = new Gather(1, PuppetEngine.OUTPUTS, () -> gone, 100, () -> {});
    cache.place(A, second, 0, 0);

    assertThat(row.closeIfUnwanted(0)).isFalse();
    gone = true;
    assertThat(row.closeIfUnwanted(0)).isTrue();
    assertThat(row.join(new Row.Place(gather(), 0))).isFalse();
    row.drop();
    assertThat(second.result()).isCompletedExceptionally();
  }

  @Test
  void place_noCache_sharesNothing() {
    RowCache<TokenIds> none =
        new RowCache<>(ENCODING, 0, new InferenceMetrics(new MetricsPage(), () -> 0, () -> 0));
    none.place(A, gather(), 0, 0).answer(BATCH, 2, 0);

    assertThat(none.holds(A)).isFalse();
    assertThat(none.place(A, gather(), 0, 0)).isNotNull();
    assertThat(none.place(A, gather(), 0, 0)).isNotNull();
  }

  @Test
  void place_manyThreads_answersEveryGatherRight() throws Exception {
    long seed = System.nanoTime();
    ConcurrentLinkedQueue<Row<TokenIds>> rows = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Gather> ofA = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Random random = new Random(seed + i);
        done.add(threads.submit(() -> placeAndAnswer(random, rows, ofA)));
      }
      for (Future<?> one : done) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    for (Row<TokenIds> row = rows.poll(); row != null; row = rows.poll()) {
      answerRight(row);
    }
    for (Gather gather : ofA) {
      assertThat(gather.result().join().values().get(0)).as("seed " + seed).containsExactly(4);
    }
  }

  private void placeAndAnswer(
      Random random, ConcurrentLinkedQueue<Row<TokenIds>> rows, ConcurrentLinkedQueue<Gather> ofA) {
    for (int i = 0; i < 5_000; i++) {
      Gather gather = gather();
      boolean a = random.nextBoolean();
      Row<TokenIds> own = cache.place(a ? A : B, gather, 0, 0);
      if (a) {
        ofA.add(gather);
      }
      if (own != null) {
        rows.add(own);
      }
      Row<TokenIds> other = random.nextInt(3) == 0 ? rows.poll() : null;
      if (other != null) {
        answerRight(other);
      }
    }
  }

  private static void answerRight(Row<TokenIds> row) {
    row.answer(List.of(new float[] {row.content().id(1)}), 1, 0);
  }

  private static Gather gather() {
    return new Gather(1, PuppetEngine.OUTPUTS, () -> false, 100, () -> {});
  }
}
