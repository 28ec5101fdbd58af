package dev.bertserve.server.versions;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The thread that loads and unloads versions after the start, one after the other, so that at most
 * one model more than served is in memory.
 */
public final class VersionThread {

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(VersionThread::daemon);

  private static Thread daemon(Runnable loop) {
    Thread thread = new Thread(loop, "versions");
    // A load cannot be interrupted, and must not keep the process alive.
    thread.setDaemon(true);
    return thread;
  }

  /** Polls the folders of {@code models} from now on; {@code pause} lies between two polls. */
  public void poll(List<ModelVersions> models, Duration pause) {
    ScheduledFuture<?> unused =
        thread.scheduleWithFixedDelay(
            () -> models.forEach(ModelVersions::poll),
            pause.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /**
   * Starts nothing more. A load that runs goes on; its model is closed, since none is activated.
   */
  public void stop() {
    thread.shutdown();
  }
}
