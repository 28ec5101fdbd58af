package dev.bertserve.server.access;

import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The thread that renews values of files. It is started only if there are any. */
public final class FileWatch implements AutoCloseable {

  private static final long PERIOD_SECONDS = 10;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread daemon = new Thread(work, "access-files");
            daemon.setDaemon(true);
            return daemon;
          });

  /** Looks at {@code values} every {@value #PERIOD_SECONDS} seconds, until {@link #close}. */
  @SuppressWarnings("FutureReturnValueIgnored") // Renewing does not throw.
  public FileWatch(List<FileValue<?>> values) {
    for (FileValue<?> value : values) {
      thread.scheduleWithFixedDelay(value::renew, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
