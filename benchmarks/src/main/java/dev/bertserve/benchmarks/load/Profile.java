package dev.bertserve.benchmarks.load;

import java.util.Random;

/** A kind of caller: rows per request, and requests that arrive at the same moment. */
enum Profile {
  /** One row per request. */
  ONLINE(1, 1, 0),
  /** BigQuery over a table: 128 rows, eight requests at once. */
  BIGQUERY(128, 8, 0),
  /** Batch prediction: 64 rows. */
  BATCH(64, 1, 0),
  /** Mostly one row; one request in fifty has 128. */
  MIXED(1, 1, 0.02);

  private static final int LONG_ROWS = 128;

  private final int rows;
  private final int burst;
  private final double longShare;

  Profile(int rows, int burst, double longShare) {
    this.rows = rows;
    this.burst = burst;
    this.longShare = longShare;
  }

  int burst() {
    return burst;
  }

  int rows(Random random) {
    return random.nextDouble() < longShare ? LONG_ROWS : rows;
  }
}
