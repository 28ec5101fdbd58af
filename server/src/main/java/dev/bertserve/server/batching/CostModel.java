package dev.bertserve.server.batching;

/**
 * Estimates the time of a batch: a fixed part, and a part per padded token, fitted to recent
 * batches. One thread, or under the lock of its owner.
 */
public final class CostModel {

  /**
   * Factor by which the weight of a batch shrinks with each later one: about the last fifty batches
   * count.
   */
  private static final double DECAY = 0.98;

  /** Likely error of the prior's slope, relative to the mean time per token. */
  private static final double PRIOR_ERROR = 0.05;

  /** Smallest assumed variation of the times of one size, relative to their mean. */
  private static final double MIN_NOISE = 0.01;

  /** Fixed part of the prior, in tokens. */
  private final double priorFixedTokens;

  private final int maxTokens;
  private final int maxRows;
  private final int runners;

  private double weight;
  private double padded;
  private double paddedSquared;
  private double nanos;
  private double nanosSquared;
  private double nanosTimesPadded;
  private double tokens;

  private double fixedNanos;
  private double tokenNanos;

  /**
   * Starts with the prior of {@code shapes}, in which a token takes a nanosecond.
   *
   * @param maxRows largest number of rows of a batch
   * @param runners number of batches that run at the same time
   */
  public CostModel(BatchShapes shapes, int maxRows, int runners) {
    if (runners < 1) {
      throw new IllegalArgumentException("runners: " + runners + " (expected: >= 1)");
    }
    this.priorFixedTokens = shapes.fixedTokens();
    this.maxTokens = shapes.maxTokens();
    this.maxRows = maxRows;
    this.runners = runners;
    fixedNanos = priorFixedTokens;
    tokenNanos = 1;
  }

  /**
   * Records the time of a batch.
   *
   * @param paddedTokens number of tokens that ran, including padding
   * @param realTokens number of tokens of its rows
   */
  public void recordRun(int paddedTokens, int realTokens, long elapsedNanos) {
    double x = paddedTokens;
    // The clock may not have moved; the fit divides by the mean time.
    double y = Math.max(1, elapsedNanos);
    weight = weight * DECAY + 1;
    padded = padded * DECAY + x;
    paddedSquared = paddedSquared * DECAY + x * x;
    nanos = nanos * DECAY + y;
    nanosSquared = nanosSquared * DECAY + y * y;
    nanosTimesPadded = nanosTimesPadded * DECAY + x * y;
    tokens = tokens * DECAY + realTokens;
    fit();
  }

  /** Estimated time of a batch of {@code paddedTokens} tokens. */
  double nanos(int paddedTokens) {
    return fixedNanos + tokenNanos * paddedTokens;
  }

  /**
   * Estimated time of {@code work} when all runners share it, in batches as large as possible and
   * padded like recent ones; 0 while nothing has run.
   */
  double nanos(Work work) {
    if (weight == 0) {
      return 0;
    }
    double paddedTokens = work.tokens() * (padded / tokens);
    double batches =
        Math.max(Math.ceil(paddedTokens / maxTokens), Math.ceil(1.0 * work.rows() / maxRows));
    return (fixedNanos * batches + tokenNanos * paddedTokens) / runners;
  }

  /** Mean time of recent batches; 0 while nothing has run. */
  double batchNanos() {
    return weight > 0 ? nanos / weight : 0;
  }

  /**
   * Mean time per real token in recent batches when all runners share the work, including padding;
   * 0 while nothing has run.
   */
  double nanosPerToken() {
    return weight > 0 ? nanos / tokens / runners : 0;
  }

  private void fit() {
    double mean = padded / weight;
    double meanNanos = nanos / weight;
    double variance = paddedSquared / weight - mean * mean;
    double covariance = nanosTimesPadded / weight - mean * meanNanos;
    double explained = variance > 0 ? covariance * covariance / variance : 0;
    double noise = nanosSquared / weight - meanNanos * meanNanos - explained;
    double minNoise = MIN_NOISE * MIN_NOISE * meanNanos * meanNanos;
    double priorSlope = meanNanos / (priorFixedTokens + mean);
    double priorError = PRIOR_ERROR * meanNanos / mean;
    // Noisy times and similar sizes give the prior more weight.
    double doubt = Math.max(noise, minNoise) / weight / (priorError * priorError);
    double slope = (covariance + doubt * priorSlope) / (variance + doubt);
    // A steeper slope would make the fixed part negative.
    tokenNanos = Math.min(Math.max(slope, meanNanos / mean * 1e-3), meanNanos / mean);
    fixedNanos = meanNanos - tokenNanos * mean;
  }
}
