package dev.bertserve.server.tensorflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.RunOptions;

/** Runs one part of a graph repeatedly for some time, in several threads at the same time. */
final class TracedRuns {

  private static final int RUNS_BEFORE = 5;
  private static final RunOptions TRACED =
      RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.SOFTWARE_TRACE).build();

  private final Session session;
  private final Map<String, Tensor> fed;
  private final Collection<Output<?>> wanted;
  private final int atOnce;
  private final long roundNanos;

  TracedRuns(
      Session session,
      Map<String, Tensor> fed,
      Collection<Output<?>> wanted,
      int atOnce,
      Duration round) {
    this.session = session;
    this.fed = fed;
    this.wanted = List.copyOf(wanted);
    this.atOnce = atOnce;
    roundNanos = round.toNanos();
  }

  /** Warm-up time, until no run does one-time work. */
  OpTimes warmUp() throws InterruptedException {
    OpTimes times = new OpTimes();
    for (int run = 0; run < RUNS_BEFORE; run++) {
      trace(times);
    }
    traced();
    return times;
  }

  OpTimes traced() throws InterruptedException {
    OpTimes all = new OpTimes();
    inAllThreads(
            () -> {
              OpTimes times = new OpTimes();
              long startNanos = System.nanoTime();
              while (System.nanoTime() - startNanos < roundNanos) {
                trace(times);
              }
              return times;
            })
        .forEach(all::add);
    return all;
  }

  /** Time of one run without tracing. */
  double untracedMillis() throws InterruptedException {
    List<Double> millis =
        inAllThreads(
            () -> {
              int runs = 0;
              long startNanos = System.nanoTime();
              while (System.nanoTime() - startNanos < roundNanos) {
                runner().run().close();
                runs++;
              }
              return (System.nanoTime() - startNanos) / 1e6 / runs;
            });
    return millis.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private void trace(OpTimes times) {
    try (Result result = runner().setOptions(TRACED).runAndFetchMetadata()) {
      times.add(result.getMetadata().orElseThrow());
    }
  }

  private Session.Runner runner() {
    Session.Runner runner = session.runner();
    fed.forEach(runner::feed);
    wanted.forEach(output -> runner.addTarget(output.op()));
    return runner;
  }

  private <T> List<T> inAllThreads(Callable<T> task) throws InterruptedException {
    ExecutorService threads = Executors.newFixedThreadPool(atOnce);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> done : threads.invokeAll(Collections.nCopies(atOnce, task))) {
        results.add(done.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } finally {
      threads.shutdown();
    }
  }
}
