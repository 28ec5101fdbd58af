package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchQueue;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of the thread that looks after time: requests past their deadline are answered, rows
 * that nobody waits for leave the queue, and an engine that hangs is reported, once.
 */
final class RequestWatch implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(RequestWatch.class);
  private static final long PERIOD_MILLIS = 50;

  /** Seldom, since it goes over all rows: what is unwanted does not run in any case. */
  private static final int LOOKS_PER_SWEEP = 10;

  private final OpenRequests open;
  private final BatchQueue<?> queue;
  private final List<BatchRunner> runners;
  private final Duration runTimeout;
  private final Consumer<String> hanging;
  private final LongSupplier clockNanos;
  private boolean reported;
  private int looks;

  /** {@code hanging} is told once, in one line, that a batch has not come back in time. */
  RequestWatch(
      OpenRequests open,
      BatchQueue<?> queue,
      List<BatchRunner> runners,
      Duration runTimeout,
      Consumer<String> hanging,
      LongSupplier clockNanos) {
    this.open = open;
    this.queue = queue;
    this.runners = List.copyOf(runners);
    this.runTimeout = runTimeout;
    this.hanging = hanging;
    this.clockNanos = clockNanos;
  }

  /** Runs until it is interrupted. */
  @Override
  public void run() {
    try {
      while (true) {
        look(clockNanos.getAsLong());
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** One look around. */
  void look(long nowNanos) {
    open.expire(nowNanos);
    if (looks++ % LOOKS_PER_SWEEP == 0) {
      queue.sweep();
    }
    boolean hangs = false;
    for (BatchRunner runner : runners) {
      hangs |= runner.failIfHanging(nowNanos, runTimeout.toNanos());
    }
    if (hangs && !reported) {
      reported = true;
      String reason = "engine: a batch has not come back within " + runTimeout.toSeconds() + " s";
      LOG.error(reason);
      hanging.accept(reason);
    }
  }
}
