package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.Permit;
import dev.bertserve.server.text.TextProgram;
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

  private static final RowEncoding ENCODING =
      new TokenEncoding(TextProgram.unchanged(1), LetterTokenizer.create());
  private static final EncodedRow A = ENCODING.encode("a");
  private static final EncodedRow B = ENCODING.encode("b");
  private static final List<Column> BATCH = List.of(Column.of(7, 8));

  private final MetricsPage page = new MetricsPage();
  private final RowCache cache =
      new RowCache(100_000, new InferenceMetrics(page, "bert", () -> 0, () -> 0));

  private boolean gone;

  @Test
  void resolve_cachedRow_completesImmediately() throws IOException {
    Gather first = gather();
    cache.resolve(A, first, 0, 0).complete(BATCH, 2, 1);
    Gather second = gather();

    assertThat(cache.holds(A)).isTrue();
    assertThat(cache.resolve(A, second, 0, 0)).isNull();

    assertThat(floats(first.result().join(), 0)).containsExactly(8);
    assertThat(floats(second.result().join(), 0)).containsExactly(8);
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    page.writeTo(text);
    assertThat(text.toString(StandardCharsets.UTF_8))
        .contains("bertserve_cache_rows_total{model=\"bert\",result=\"hit\"} 1.0")
        .contains("bertserve_cache_rows_total{model=\"bert\",result=\"miss\"} 1.0");
  }

  @Test
  void resolve_sameTextInFlight_runsOnce() {
    Gather first = gather();
    Gather second = gather();
    Row row = cache.resolve(A, first, 0, 0);

    assertThat(cache.resolve(A, second, 0, 0)).isNull();
    assertThat(cache.resolve(B, gather(), 0, 0)).isNotNull();
    row.complete(BATCH, 2, 0);

    assertThat(floats(first.result().join(), 0)).containsExactly(7);
    assertThat(floats(second.result().join(), 0)).containsExactly(7);
  }

  @Test
  void resolve_rowInFlightFails_failsBothAndRunsAgain() {
    Gather first = gather();
    Gather second = gather();
    Row row = cache.resolve(A, first, 0, 0);
    cache.resolve(A, second, 0, 0);

    row.fail(new IllegalStateException("broken"));

    assertThat(first.result()).isCompletedExceptionally();
    assertThat(second.result()).isCompletedExceptionally();
    assertThat(cache.resolve(A, gather(), 0, 0)).isNotNull();
  }

  @Test
  void complete_notANumber_isNotKept() {
    cache.resolve(A, gather(), 0, 0).complete(List.of(Column.of(Float.NaN)), 1, 0);

    assertThat(cache.holds(A)).isFalse();
    assertThat(cache.resolve(A, gather(), 0, 0)).isNotNull();
  }

  @Test
  void closeIfUnwanted_firstcallerDisconnectedAndAnotherWaits_staysWanted() {
    Row row =
        cache.resolve(
            A, new Gather(1, PuppetEngine.SIGNATURE, () -> true, 100, Permit.none()), 0, 0);
    Gather second = new Gather(1, PuppetEngine.SIGNATURE, () -> gone, 100, Permit.none());
    cache.resolve(A, second, 0, 0);

    assertThat(row.closeIfUnwanted(0)).isFalse();
    gone = true;
    assertThat(row.closeIfUnwanted(0)).isTrue();
    assertThat(row.join(new Row.Waiter(gather(), 0))).isFalse();
    row.drop();
    assertThat(second.result()).isCompletedExceptionally();
  }

  @Test
  void complete_longerThanTheCache_isNotKept() {
    Gather wide =
        new Gather(
            1,
            NamedSignature.only(
                "wide",
                ModelSignature.ofTexts(
                    List.of("text"), List.of(new OutputSpec("wide", List.of(1 << 16))))),
            () -> false,
            100,
            Permit.none());
    cache.resolve(A, wide, 0, 0).complete(List.of(Column.of(new float[1 << 16])), 1, 0);

    assertThat(wide.result()).isCompleted();
    assertThat(cache.holds(A)).isFalse();
  }

  @Test
  void resolve_noCache_sharesNothing() {
    RowCache none =
        new RowCache(0, new InferenceMetrics(new MetricsPage(), "bert", () -> 0, () -> 0));
    none.resolve(A, gather(), 0, 0).complete(BATCH, 2, 0);

    assertThat(none.holds(A)).isFalse();
    assertThat(none.resolve(A, gather(), 0, 0)).isNotNull();
    assertThat(none.resolve(A, gather(), 0, 0)).isNotNull();
  }

  @Test
  void resolve_manyThreads_completesEveryGatherCorrectly() throws Exception {
    long seed = System.nanoTime();
    ConcurrentLinkedQueue<Row> rows = new ConcurrentLinkedQueue<>();
    ConcurrentLinkedQueue<Gather> ofA = new ConcurrentLinkedQueue<>();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        Random random = new Random(seed + i);
        done.add(threads.submit(() -> resolveAndComplete(random, rows, ofA)));
      }
      for (Future<?> one : done) {
        one.get();
      }
    } finally {
      threads.shutdownNow();
    }
    for (Row row = rows.poll(); row != null; row = rows.poll()) {
      answerRight(row);
    }
    for (Gather gather : ofA) {
      assertThat(floats(gather.result().join(), 0)).as("seed " + seed).containsExactly(4);
    }
  }

  private void resolveAndComplete(
      Random random, ConcurrentLinkedQueue<Row> rows, ConcurrentLinkedQueue<Gather> ofA) {
    for (int i = 0; i < 5_000; i++) {
      Gather gather = gather();
      boolean a = random.nextBoolean();
      Row own = cache.resolve(a ? A : B, gather, 0, 0);
      if (a) {
        ofA.add(gather);
      }
      if (own != null) {
        rows.add(own);
      }
      Row other = random.nextInt(3) == 0 ? rows.poll() : null;
      if (other != null) {
        answerRight(other);
      }
    }
  }

  private static void answerRight(Row row) {
    row.complete(List.of(Column.of(((TokenRow) row.content()).ids().id(1))), 1, 0);
  }

  private static Gather gather() {
    return new Gather(1, PuppetEngine.SIGNATURE, () -> false, 100, Permit.none());
  }
}
