package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.CostModel;
import dev.bertserve.server.metrics.InferenceMetrics;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.serving.admission.AdmissionGate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * A model version that is being served: its gate, cache, queue, runners and watch, which start and
 * close together. Any thread.
 */
public final class ServedModel {

  private final ModelVersion version;
  private final Servable servable;
  private final BatchQueue<Row> queue;
  private final List<Predictor> predictors;
  private final InferenceMetrics metrics;
  private final List<Thread> runners;
  private final Thread watch;

  @GuardedBy("this")
  private int leases;

  @GuardedBy("this")
  private boolean retired;

  private ServedModel(
      ModelVersion version,
      Servable servable,
      BatchQueue<Row> queue,
      List<Predictor> predictors,
      InferenceMetrics metrics,
      List<Thread> runners,
      Thread watch) {
    this.version = version;
    this.servable = servable;
    this.queue = queue;
    this.predictors = predictors;
    this.metrics = metrics;
    this.runners = runners;
    this.watch = watch;
  }

  /**
   * Warms up {@code servable}, which takes seconds, and starts its threads. Takes ownership of it
   * and closes it on failure.
   *
   * @param before a version that serves meanwhile. The new one has as many runners, since a trial
   *     would measure the requests too; it is warmed up in one thread, which leaves them the others
   * @param failed gets one line when a thread of the model fails or a batch hangs
   */
  public static ServedModel start(
      ModelVersion version,
      Servable servable,
      Optional<ServedModel> before,
      ServingSettings settings,
      MetricsPage page,
      Consumer<String> failed,
      LongSupplier clockNanos) {
    try {
      return warmedUp(version, servable, before, settings, page, failed, clockNanos);
    } catch (RuntimeException | Error e) {
      servable.close();
      throw e;
    }
  }

  private static ServedModel warmedUp(
      ModelVersion version,
      Servable servable,
      Optional<ServedModel> before,
      ServingSettings settings,
      MetricsPage page,
      Consumer<String> failed,
      LongSupplier clockNanos) {
    int fixedRunners = before.map(ServedModel::runners).orElse(settings.runners());
    int maxRunners = fixedRunners == 0 ? servable.maxRunners() : fixedRunners;
    int warming = before.isPresent() ? 1 : maxRunners;
    ExecutorService threads =
        Executors.newFixedThreadPool(warming, loop -> new Thread(loop, "warm-up"));
    int runnerCount;
    CostModel costs;
    try {
      WarmUp warmUp = new WarmUp(servable.engine(), threads, clockNanos);
      // TensorFlow keeps the kernels of shapes that the process has run before.
      warmUp.prime(before.isPresent() ? WarmUp.SHORT_PRIMING_NANOS : WarmUp.PRIMING_NANOS);
      Map<BatchShape, Long> timed = warmUp.time(warming);
      runnerCount =
          fixedRunners == 0
              ? new RunnerTrial(servable.engine(), threads, clockNanos).best(maxRunners)
              : maxRunners;
      costs = new CostModel(servable.engine().shapes(), settings.policy().maxRows(), runnerCount);
      timed.forEach((shape, nanos) -> costs.recordRun(shape.tokens(), shape.tokens(), nanos));
    } finally {
      threads.shutdown();
    }
    BatchQueue<Row> queue =
        new BatchQueue<>(settings.policy(), servable.engine().shapes(), costs, clockNanos);
    AdmissionGate gate =
        new AdmissionGate(
            settings.maxRowsInFlight(), settings.maxBytesInFlight(), queue::drainNanos);
    InferenceMetrics metrics =
        new InferenceMetrics(page, version.name(), gate::rowsInFlight, queue::waitingRows);
    OpenRequests open = new OpenRequests();
    Predictor.Admission admission =
        new Predictor.Admission(
            gate, open, new RowCache(settings.cacheBytes(), metrics), settings.deadline());
    List<Predictor> predictors =
        servable.signatures().stream()
            .map(
                signature ->
                    new Predictor(
                        signature, servable.encoding(), admission, queue, metrics, clockNanos))
            .toList();
    List<BatchRunner> loops = new ArrayList<>();
    List<Thread> runners = new ArrayList<>();
    for (int i = 0; i < runnerCount; i++) {
      BatchRunner loop = new BatchRunner(queue, servable.engine(), metrics, clockNanos);
      loops.add(loop);
      runners.add(new Thread(new ServingLoop(loop, failed), "runner-" + i));
    }
    RequestWatch watch =
        new RequestWatch(open, queue, loops, settings.runTimeout(), failed, clockNanos);
    Thread watching = new Thread(new ServingLoop(watch, failed), "watch");
    // Enforces deadlines until the end, without keeping the process alive.
    watching.setDaemon(true);
    ServedModel model =
        new ServedModel(version, servable, queue, predictors, metrics, runners, watching);
    runners.forEach(Thread::start);
    watching.start();
    return model;
  }

  public ModelVersion version() {
    return version;
  }

  /** Closed with the model. */
  public Servable servable() {
    return servable;
  }

  private int runners() {
    return runners.size();
  }

  /** A lease on the model; empty once the model is closing. */
  public Optional<ModelLease> lease() {
    synchronized (this) {
      if (retired) {
        return Optional.empty();
      }
      leases++;
    }
    return Optional.of(new ModelLease(version, predictors, this::release));
  }

  private synchronized void release() {
    leases--;
    notifyAll();
  }

  /**
   * Gives no new leases, runs the queued rows, and ends all threads. Returns false, with the engine
   * still open, if a batch has not returned by {@code deadlineNanos}.
   */
  public boolean close(long deadlineNanos, LongSupplier clockNanos) throws InterruptedException {
    retire(deadlineNanos, clockNanos);
    queue.close();
    for (Thread runner : runners) {
      runner.join(remainingMillis(deadlineNanos, clockNanos));
      if (runner.isAlive()) {
        return false;
      }
    }
    watch.interrupt();
    watch.join(remainingMillis(deadlineNanos, clockNanos));
    metrics.close();
    servable.close();
    return true;
  }

  /** Closes a model that was never registered. */
  public void closeNow() {
    queue.close();
    watch.interrupt();
    metrics.close();
    servable.close();
  }

  /** Gives no new leases and waits for the present ones. */
  private synchronized void retire(long deadlineNanos, LongSupplier clockNanos)
      throws InterruptedException {
    retired = true;
    while (leases > 0 && deadlineNanos - clockNanos.getAsLong() > 0) {
      wait(remainingMillis(deadlineNanos, clockNanos));
    }
  }

  private static long remainingMillis(long deadlineNanos, LongSupplier clockNanos) {
    return Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - clockNanos.getAsLong()));
  }
}
