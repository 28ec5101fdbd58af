package dev.bertserve.server.batching;

/**
 * What batches cost, fitted to those that ran: a fixed part, and a part for each padded token.
 * Recent batches count most. One thread, or under its owner's lock.
 */
public final class CostModel {

  /** Weight that a batch keeps when the next one has run: the last fifty or so count. */
  private static final double DECAY = 0.98;

  /** Likely error of the prior's slope, as a share of a mean token's time. */
  private static final double PRIOR_ERROR = 0.05;

  /** Least that times of one size are taken to vary by, as a share of their mean. */
  private static final double LEAST_NOISE = 0.01;

  /** Fixed part of the prior, in its tokens. */
  private final double priorFixedTokens;

  private double weight;
  private double padded;
  private double paddedSquared;
  private double nanos;
  private double nanosSquared;
  private double nanosTimesPadded;
  private double tokens;

  private double fixedNanos;
  private double tokenNanos;
  private BatchShapes shapes = BatchShapes.none();
  private int runners = 1;

  /** Holds {@code fixedNanos + tokenNanos * padded} until it has seen batches of several sizes. */
  public CostModel(double fixedNanos, double tokenNanos) {
    if (!(fixedNanos >= 0) || !(tokenNanos > 0)) {
      throw new IllegalArgumentException(
          "fixedNanos, tokenNanos: " + fixedNanos + ", " + tokenNanos + " (expected: >= 0, > 0)");
    }
    this.priorFixedTokens = fixedNanos / tokenNanos;
    this.fixedNanos = fixedNanos;
    this.tokenNanos = tokenNanos;
  }

  /** Batches are padded to these from now on. */
  void padTo(BatchShapes newShapes) {
    shapes = newShapes;
  }

  /** So many batches run side by side from now on. */
  void runBy(int newRunners) {
    if (newRunners < 1) {
      throw new IllegalArgumentException("runners: " + newRunners + " (expected: >= 1)");
    }
    runners = newRunners;
  }

  /** Tokens of the largest batch; {@code otherwise} if there is no such. */
  int mostTokens(int otherwise) {
    return shapes.mostTokens(otherwise);
  }

  /** Takes in a batch that ran for {@code elapsedNanos}. */
  void observe(BatchSize size, long elapsedNanos) {
    double x = shapes.padded(size.rows(), size.tokens(), size.longest());
    // A clock may not have moved, and of nothing there are no shares.
    double y = Math.max(1, elapsedNanos);
    weight = weight * DECAY + 1;
    padded = padded * DECAY + x;
    paddedSquared = paddedSquared * DECAY + x * x;
    nanos = nanos * DECAY + y;
    nanosSquared = nanosSquared * DECAY + y * y;
    nanosTimesPadded = nanosTimesPadded * DECAY + x * y;
    tokens = tokens * DECAY + size.tokens();
    fit();
  }

  /** Time of a batch of so many tokens with its padding. */
  double nanos(int paddedTokens) {
    return fixedNanos + tokenNanos * paddedTokens;
  }

  /**
   * Time of {@code work} when all runners share it, cut into batches as large as {@code policy}
   * allows and padded as those of late; 0 while nothing has run.
   */
  double nanos(Work work, BatchPolicy policy) {
    if (weight == 0) {
      return 0;
    }
    double paddedTokens = work.tokens() * (padded / tokens);
    double batches =
        Math.max(
            Math.ceil(paddedTokens / shapes.mostTokens(policy.maxTokens())),
            Math.ceil(1.0 * work.rows() / policy.maxRows()));
    return (fixedNanos * batches + tokenNanos * paddedTokens) / runners;
  }

  /** Time of a batch of late, on the average; 0 while nothing has run. */
  double batchNanos() {
    return weight > 0 ? nanos / weight : 0;
  }

  /**
   * Time of a token of late when all runners share the work, with its share of padding; 0 while
   * nothing has run.
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
    double leastNoise = LEAST_NOISE * LEAST_NOISE * meanNanos * meanNanos;
    double priorSlope = meanNanos / (priorFixedTokens + mean);
    double priorError = PRIOR_ERROR * meanNanos / mean;
    // The more times vary, and the less sizes do, the more the prior counts.
    double doubt = Math.max(noise, leastNoise) / weight / (priorError * priorError);
    double slope = (covariance + doubt * priorSlope) / (variance + doubt);
    // A slope beyond the mean's would make the fixed part negative.
    tokenNanos = Math.min(Math.max(slope, meanNanos / mean * 1e-3), meanNanos / mean);
    fixedNanos = meanNanos - tokenNanos * mean;
  }
}
