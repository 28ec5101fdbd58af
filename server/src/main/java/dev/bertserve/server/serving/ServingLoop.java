package dev.bertserve.server.serving;

import dev.bertserve.server.failure.Reason;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a thread that serves runs: a loop whose failure does not go unseen. */
final class ServingLoop implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(ServingLoop.class);

  private final Runnable loop;
  private final Consumer<String> died;

  /** {@code died} is told once, in one line, which thread has ended by what. */
  ServingLoop(Runnable loop, Consumer<String> died) {
    this.loop = loop;
    this.died = died;
  }

  /** Runs until the loop returns or throws; throws nothing. */
  @Override
  public void run() {
    try {
      loop.run();
    } catch (RuntimeException | Error e) {
      String reason = Thread.currentThread().getName() + ": ended by " + Reason.of(e);
      died.accept(reason);
      LOG.error(reason, e);
    }
  }
}
