package dev.bertserve.server.serving;

import dev.bertserve.server.failure.Reason;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs the loop of a serving thread and reports its failure. */
final class ServingLoop implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(ServingLoop.class);

  private final Runnable loop;
  private final Consumer<String> onFailure;

  /** {@code onFailure} gets one line that names the thread and the cause. */
  ServingLoop(Runnable loop, Consumer<String> onFailure) {
    this.loop = loop;
    this.onFailure = onFailure;
  }

  /** Runs until the loop returns or throws; throws nothing. */
  @Override
  public void run() {
    try {
      loop.run();
    } catch (RuntimeException | Error e) {
      String ended = Thread.currentThread().getName() + ": ended by ";
      onFailure.accept(ended + Reason.forClients(e, List.of()));
      LOG.error("{}{}", ended, Reason.of(e), e);
    }
  }
}
