package dev.bertserve.server.batching;

import java.time.Duration;

/**
 * What a batch may be.
 *
 * @param maxRows most rows of one batch
 * @param maxTokens most tokens of one batch, padding included; a longer row runs alone
 * @param maxWait how long a free runner waits for a batch to fill; zero runs what is there
 */
public record BatchPolicy(int maxRows, int maxTokens, Duration maxWait) {

  public BatchPolicy {
    requirePositive("maxRows", maxRows);
    requirePositive("maxTokens", maxTokens);
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("maxWait: " + maxWait + " (expected: not negative)");
    }
  }

  private static void requirePositive(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1)");
    }
  }
}
