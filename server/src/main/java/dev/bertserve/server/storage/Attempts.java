package dev.bertserve.server.storage;

import java.io.IOException;
import java.io.InterruptedIOException;

/** Repeats of one request: the wait before each is random, up to twice that before. One thread. */
final class Attempts {

  private final StorageSettings settings;
  private final Timing timing;
  private int failures;

  Attempts(StorageSettings settings, Timing timing) {
    this.settings = settings;
    this.timing = timing;
  }

  /** A byte arrived: what failed before is over. */
  void succeed() {
    failures = 0;
  }

  /** Waits until the next attempt; throws {@code failure} if there is to be none. */
  void fail(StorageFailure failure) throws IOException {
    failures++;
    if (!failure.isPassing()) {
      throw failure;
    }
    if (failures >= settings.attempts()) {
      throw new StorageFailure(
          failure.getMessage() + ", " + failures + " times in a row", false, failure);
    }
    long longest =
        Math.min(
            settings.firstDelay().multipliedBy(1L << Math.min(failures - 1, 30)).toNanos(),
            settings.maxDelay().toNanos());
    // At least half of it, so that a server that is overloaded gets some rest.
    long least = longest / 2;
    try {
      timing.pause().nanos(least + (long) (timing.jitter().getAsDouble() * (longest - least)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }
}
