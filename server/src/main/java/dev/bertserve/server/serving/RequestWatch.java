package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchQueue;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The loop of the thread that enforces deadlines: it fails requests past their deadline, removes
 * abandoned rows from the queue, and reports a hanging engine once.
 */
final class RequestWatch implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(RequestWatch.class);
  private static final long PERIOD_MILLIS = 50;

  /** A sweep visits all waiting rows, so it is rare; unwanted rows do not run in any case. */
  private static final int CHECKS_PER_SWEEP = 10;

  private final OpenRequests open;
  private final BatchQueue<?> queue;
  private final List<BatchRunner> runners;
  private final Duration runTimeout;
  private final Consumer<String> onHang;
  private final LongSupplier clockNanos;
  private boolean reported;
  private int checks;

  /**
   * {@code onHang} gets one line, once, when a batch has not returned within {@code runTimeout}.
   */
  RequestWatch(
      OpenRequests open,
      BatchQueue<?> queue,
      List<BatchRunner> runners,
      Duration runTimeout,
      Consumer<String> onHang,
      LongSupplier clockNanos) {
    this.open = open;
    this.queue = queue;
    this.runners = List.copyOf(runners);
    this.runTimeout = runTimeout;
    this.onHang = onHang;
    this.clockNanos = clockNanos;
  }

  /** Runs until it is interrupted. */
  @Override
  public void run() {
    try {
      while (true) {
        check(clockNanos.getAsLong());
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Checks deadlines, waiting rows and runners once. */
  void check(long nowNanos) {
    open.expire(nowNanos);
    if (checks++ % CHECKS_PER_SWEEP == 0) {
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
      onHang.accept(reason);
    }
  }
}
