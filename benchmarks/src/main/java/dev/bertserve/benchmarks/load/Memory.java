package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Samples the resident memory of a server once per second, in its own thread. */
final class Memory implements AutoCloseable {

  private static final long PERIOD_MILLIS = 1_000;

  private final Served served;
  private final List<Double> megabytes = new ArrayList<>();
  private final Thread thread;
  private volatile boolean ended;

  Memory(Served served) {
    this.served = served;
    thread = new Thread(this::sample, "memory");
    thread.start();
  }

  /** Stops sampling; the statistics skip the first {@code share} of the samples. */
  Trend trend(double share) {
    close();
    return Trend.of(
        megabytes.subList((int) (share * megabytes.size()), megabytes.size()),
        PERIOD_MILLIS / 60_000.0);
  }

  @Override
  public void close() {
    ended = true;
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void sample() {
    try {
      while (!ended) {
        megabytes.add(served.residentMegabytes());
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      // The measurement is over.
    }
  }
}
