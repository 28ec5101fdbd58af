package dev.bertserve.server.serving;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import dev.bertserve.server.metrics.MetricsPage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several models and versions, each with its own threads. */
@Timeout(60)
final class ModelRegistryTest {

  private final Lifecycle lifecycle = new Lifecycle();
  private final MetricsPage page = new MetricsPage();
  private final ModelRegistry registry = new ModelRegistry(lifecycle);

  @AfterEach
  void close() throws InterruptedException {
    for (ServedModel model : registry.retireAll()) {
      assertThat(closed(model)).isTrue();
    }
  }

  @Test
  void latest_severalModels_isTheLargestVersionOfTheName() {
    registry.activate(model("bert", 2, 20));
    registry.activate(model("bert", 1, 10));
    registry.activate(model("other", 1, 30));

    assertThat(score(registry.latest("bert"))).isEqualTo(20);
    assertThat(score(registry.of(new ModelVersion("bert", 1)))).isEqualTo(10);
    assertThat(score(registry.latest("other"))).isEqualTo(30);
  }

  @Test
  void latest_nothingThere_isUnavailableAndSaysTheState() {
    registry.activate(model("bert", 1, 10));

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> registry.latest("other").lease());

    assertThat(refusal.kind()).isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(refusal).hasMessage("the model cannot be used: starting");
    assertThat(refusal.retryAfterSeconds()).isEqualTo(1);
  }

  @Test
  void models_loadedAndExpected_areListedWithTheirState() {
    registry.expect(new ModelVersion("bert", 2));
    registry.expect(new ModelVersion("bert", 1));
    registry.activate(model("bert", 1, 10));

    assertThat(registry.models()).extracting(ModelState::ready).containsExactly(false, false);

    lifecycle.moveTo(State.READY);

    assertThat(registry.models())
        .containsExactly(
            new ModelState(new ModelVersion("bert", 1), VersionState.AVAILABLE, ""),
            new ModelState(new ModelVersion("bert", 2), VersionState.LOADING, ""));
  }

  @Test
  void find_knownModel_isItsSourceAndOfAnUnknownOneNothing() {
    registry.expect(new ModelVersion("bert", 2));
    registry.activate(model("bert", 1, 10));

    assertThat(score(registry.find("bert", OptionalLong.empty()).orElseThrow())).isEqualTo(10);
    assertThat(score(registry.find("bert", OptionalLong.of(1)).orElseThrow())).isEqualTo(10);
    ModelSource loading = registry.find("bert", OptionalLong.of(2)).orElseThrow();
    assertThat(catchThrowableOfType(ServingException.class, loading::lease).kind())
        .isEqualTo(FailureKind.UNAVAILABLE);
    assertThat(registry.find("bert", OptionalLong.of(3))).isEmpty();
    assertThat(registry.find("other", OptionalLong.empty())).isEmpty();
  }

  @Test
  void latest_serverFailed_isUnavailable() {
    registry.activate(model("bert", 1, 10));
    lifecycle.fail("engine: hangs");

    ServingException refusal =
        catchThrowableOfType(ServingException.class, () -> registry.latest("bert").lease());

    assertThat(refusal).hasMessage("the model cannot be used: failed");
  }

  @Test
  void activate_afterTheOrderToStop_isRejectedAndLeavesTheModelToTheCaller()
      throws InterruptedException {
    registry.retireAll();
    ServedModel late = model("bert", 1, 10);

    assertThatIllegalStateException()
        .isThrownBy(() -> registry.activate(late))
        .withMessage("the server is stopping");
    assertThat(closed(late)).isTrue();
  }

  @Test
  void close_leaseHeld_waitsUntilTheRequestIsQueuedAndAnswersIt() throws Exception {
    registry.activate(model("bert", 1, 10));
    ModelLease lease = registry.latest("bert").lease();
    ServedModel old = registry.retire(new ModelVersion("bert", 1)).orElseThrow();
    ExecutorService closer = Executors.newSingleThreadExecutor();
    try {
      Future<Boolean> closing = closer.submit(() -> closed(old));

      Prediction prediction = lease.model().predict(request()).toCompletableFuture().join();
      lease.close();

      assertThat(closing.get()).isTrue();
      assertThat(floats(prediction, 0)).containsExactly(10);
    } finally {
      closer.shutdownNow();
    }
  }

  @Test
  void activate_newVersionWhileRequestsRun_losesNone() throws Exception {
    registry.activate(model("bert", 1, 1));
    ModelSource source = registry.latest("bert");
    AtomicBoolean stopped = new AtomicBoolean();
    ExecutorService clients = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> answered = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        answered.add(
            clients.submit(
                () -> {
                  int count = 0;
                  while (!stopped.get()) {
                    assertThat(score(source)).isPositive();
                    count++;
                  }
                  return count;
                }));
      }
      for (int version = 2; version <= 20; version++) {
        registry.activate(model("bert", version, version));
        ServedModel old = registry.retire(new ModelVersion("bert", version - 1)).orElseThrow();
        assertThat(closed(old)).isTrue();
      }
      stopped.set(true);

      for (Future<Integer> count : answered) {
        assertThat(count.get()).isPositive();
      }
      assertThat(score(source)).isEqualTo(20);
    } finally {
      stopped.set(true);
      clients.shutdownNow();
    }
  }

  @Test
  void metrics_severalModels_haveALabelAndGoWithTheModel() throws Exception {
    registry.activate(model("one", 1, 10));
    registry.activate(model("two", 1, 20));

    assertThat(page())
        .contains(
            "bertserve_rows_in_flight{model=\"one\"}", "bertserve_rows_in_flight{model=\"two\"}");

    closed(registry.retire(new ModelVersion("two", 1)).orElseThrow());

    assertThat(page())
        .contains("bertserve_rows_in_flight{model=\"one\"}")
        .doesNotContain("bertserve_rows_in_flight{model=\"two\"}");
  }

  @Test
  void metrics_newVersionBeforeTheOldIsClosed_keepItsGauges() throws Exception {
    registry.activate(model("bert", 1, 10));
    registry.activate(model("bert", 2, 20));

    closed(registry.retire(new ModelVersion("bert", 1)).orElseThrow());

    assertThat(page()).contains("bertserve_rows_in_flight{model=\"bert\"}");
  }

  private String page() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    page.writeTo(text);
    return text.toString(StandardCharsets.UTF_8);
  }

  @Test
  void start_besideAnotherVersion_makesNoTrialOfRunners() {
    ServedModel before = model("bert", 1, 10);
    registry.activate(before);
    PuppetEngine first = new PuppetEngine(row -> 10);
    registry.activate(started(new ModelVersion("other", 1), first, Optional.empty(), 0));
    PuppetEngine second = new PuppetEngine(row -> 20);
    registry.activate(started(new ModelVersion("bert", 2), second, Optional.of(before), 0));

    // Priming may run each shape once.
    BatchShape ofTrial = new BatchShape(2, 128);
    assertThat(Collections.frequency(first.padded(), ofTrial)).isGreaterThan(1);
    assertThat(Collections.frequency(second.padded(), ofTrial)).isLessThanOrEqualTo(1);
  }

  @Test
  void start_besideAnotherVersion_primesFewerShapes() {
    LongSupplier ticking = new AtomicLong()::incrementAndGet;
    LongSupplier clock = () -> TimeUnit.MILLISECONDS.toNanos(30) * ticking.getAsLong();
    PuppetEngine first = new PuppetEngine(row -> 10);
    ServedModel before = started(new ModelVersion("bert", 1), first, Optional.empty(), 2, clock);
    registry.activate(before);
    PuppetEngine second = new PuppetEngine(row -> 20);
    registry.activate(started(new ModelVersion("bert", 2), second, Optional.of(before), 2, clock));

    BatchShape primedLater = new BatchShape(2, 128);
    assertThat(first.padded()).contains(primedLater);
    assertThat(second.padded()).doesNotContain(primedLater);
  }

  private ServedModel model(String name, long number, float score) {
    return started(
        new ModelVersion(name, number), new PuppetEngine(row -> score), Optional.empty(), 2);
  }

  private ServedModel started(
      ModelVersion version, PuppetEngine engine, Optional<ServedModel> before, int runners) {
    return started(version, engine, before, runners, System::nanoTime);
  }

  private ServedModel started(
      ModelVersion version,
      PuppetEngine engine,
      Optional<ServedModel> before,
      int runners,
      LongSupplier clockNanos) {
    return ServedModel.start(
        version,
        engine.servable(),
        before,
        PuppetEngine.settings(runners),
        page,
        lifecycle::fail,
        clockNanos);
  }

  private static float score(ModelSource source) {
    try (ModelLease lease = source.lease()) {
      try (Prediction prediction = lease.model().predict(request()).toCompletableFuture().join()) {
        return floats(prediction, 0)[0];
      }
    }
  }

  private static PredictRequest request() {
    List<String[]> rows = new ArrayList<>();
    rows.add(new String[] {"a"});
    return new PredictRequest(rows, Caller.inProcess(System.nanoTime()));
  }

  private static boolean closed(ServedModel model) throws InterruptedException {
    return model.close(System.nanoTime() + TimeUnit.SECONDS.toNanos(30), System::nanoTime);
  }
}
