package dev.bertserve.server.storage;

import java.time.Duration;

/**
 * How objects are read.
 *
 * @param connections number of parts that are downloaded at the same time
 * @param partBytes size of a part
 * @param attempts how often a request may fail in a row, without a byte in between
 * @param firstDelay longest wait after the first failure; it doubles with each further one
 * @param maxDelay longest wait after any
 * @param timeout for a connection, and for the next bytes from it
 */
public record StorageSettings(
    int connections,
    long partBytes,
    int attempts,
    Duration firstDelay,
    Duration maxDelay,
    Duration timeout) {

  private static final long PART_BYTES = 32 << 20;

  public StorageSettings {
    if (connections < 1 || partBytes < 1 || attempts < 1) {
      throw new IllegalArgumentException(
          "connections, part bytes, attempts: "
              + connections
              + ", "
              + partBytes
              + ", "
              + attempts
              + " (expected: >= 1)");
    }
  }

  /** For buckets of Cloud Storage. */
  public static StorageSettings usual() {
    return new StorageSettings(
        8, PART_BYTES, 7, Duration.ofSeconds(1), Duration.ofSeconds(30), Duration.ofSeconds(20));
  }
}
