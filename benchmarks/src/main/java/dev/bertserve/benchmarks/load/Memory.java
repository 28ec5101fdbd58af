package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Samples the resident memory of a process once per second, in its own thread. */
final class Memory implements AutoCloseable {

  private static final long PERIOD_MILLIS = 1_000;

  private final long pid;
  private final List<Double> megabytes = new ArrayList<>();
  private final Thread thread;
  private volatile boolean ended;

  Memory(long pid) {
    this.pid = pid;
    thread = new Thread(this::sample, "memory");
    thread.start();
  }

  /** Resident memory of the process {@code pid} now. */
  static double residentMegabytes(long pid) throws IOException {
    Path status = Path.of("/proc/" + pid + "/status");
    for (String line : Files.readAllLines(status)) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
      }
    }
    throw new IOException(status + ": no VmRSS (expected: one)");
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
        megabytes.add(residentMegabytes(pid));
        Thread.sleep(PERIOD_MILLIS);
      }
    } catch (IOException | InterruptedException e) {
      // The measurement is over.
    }
  }
}
