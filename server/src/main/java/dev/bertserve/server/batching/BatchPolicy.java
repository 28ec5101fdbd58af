package dev.bertserve.server.batching;

import java.time.Duration;

/**
 * Limits on a batch.
 *
 * @param maxRows largest number of rows of a batch
 * @param maxWait longest time that a free runner waits for a batch to fill; zero never waits
 */
public record BatchPolicy(int maxRows, Duration maxWait) {

  public BatchPolicy {
    if (maxRows < 1) {
      throw new IllegalArgumentException("maxRows: " + maxRows + " (expected: >= 1)");
    }
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait: " + maxWait + " (expected: not negative)");
    }
  }
}
