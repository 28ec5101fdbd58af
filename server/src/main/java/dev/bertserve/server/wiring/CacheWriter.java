package dev.bertserve.server.wiring;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.prepared.Pace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Writes prepared models to the cache in background threads. Any thread. */
final class CacheWriter {

  /** Pauses take four times as long as work, so writing takes a fifth of a processor. */
  private static final int REST_PER_WORK = 4;

  private static final long STOP_MILLIS = 1_000;

  @GuardedBy("this")
  private final List<Thread> threads = new ArrayList<>();

  @GuardedBy("this")
  private boolean stopped;

  /** Starts {@code writing} in the background. */
  synchronized void start(Consumer<Pace> writing) {
    if (stopped) {
      return;
    }
    threads.removeIf(thread -> !thread.isAlive());
    Pace pace = new Pace(REST_PER_WORK, System::nanoTime, TimeUnit.NANOSECONDS::sleep);
    Thread thread = new Thread(() -> writing.accept(pace), "model-cache");
    thread.setDaemon(true);
    thread.start();
    threads.add(thread);
  }

  /** Interrupts all writing; a half-written model is deleted. */
  synchronized void stop() throws InterruptedException {
    stopped = true;
    for (Thread thread : threads) {
      thread.interrupt();
      thread.join(STOP_MILLIS);
    }
  }
}
