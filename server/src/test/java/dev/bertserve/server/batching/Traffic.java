package dev.bertserve.server.batching;

import dev.bertserve.server.batching.alternatives.SimulatedRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Mixed traffic, reproducible by seed: one-row requests whose rate varies over the day, and jobs
 * that keep several large requests open until they are finished.
 *
 * @param machine cost of a batch
 * @param onlineShare mean share of the machine's time for one-row requests
 * @param jobShare the same for jobs
 * @param jobRows number of rows of one request of a job
 * @param jobParallel number of requests that a job keeps open
 * @param jobRequests number of requests of a job
 */
record Traffic(
    Machine machine,
    double onlineShare,
    double jobShare,
    int jobRows,
    int jobParallel,
    int jobRequests) {

  private static final double DAY_NANOS = 24 * 3600e9;
  private static final double SWING = 0.6;
  private static final int MIN_TOKENS = 3;
  private static final int MAX_TOKENS = 128;
  private static final double MEDIAN_TOKENS = 24;
  private static final double SPREAD = 0.7;

  /** Mean of the lengths below, from many samples. */
  private static final double MEAN_TOKENS = 30;

  /**
   * A machine by the time of a batch: a fixed part, a part per padded token, and a part per pair of
   * tokens of a row.
   */
  record Machine(String name, int runners, double fixed, double perToken, double perPair) {
    static final Machine CPU = new Machine("two cores, 12 layers", 2, 4e6, 2e6, 500);
    static final Machine GPU = new Machine("GPU, 12 layers", 1, 5e6, 1e3, 1);

    long nanos(BatchSize size) {
      double padded = size.padded();
      return (long) (fixed + perToken * padded + perPair * padded * size.longest());
    }

    /** Rows per second in full batches if all rows have the mean length. */
    double rowsPerSecond(int maxRows) {
      BatchSize full = new BatchSize(maxRows, 0, (int) MEAN_TOKENS);
      return 1e9 * runners * maxRows / nanos(full);
    }
  }

  /** Time between two one-row requests. */
  long untilNextOnline(long nowNanos, Random random) {
    double swing = 1 + SWING * Math.sin(2 * Math.PI * nowNanos / DAY_NANOS);
    double rate = onlineShare * machine.rowsPerSecond(64) * swing;
    return (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
  }

  /** Time between the starts of two jobs. */
  long untilNextJob(Random random) {
    double rate = jobShare * machine.rowsPerSecond(64) / (jobRows * (double) jobRequests);
    return (long) (-Math.log(1 - random.nextDouble()) / rate * 1e9);
  }

  static List<SimulatedRow> rows(int request, int count, Random random) {
    List<SimulatedRow> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      double tokens = MEDIAN_TOKENS * Math.exp(SPREAD * random.nextGaussian());
      rows.add(
          new SimulatedRow(request, i, (int) Math.max(MIN_TOKENS, Math.min(MAX_TOKENS, tokens))));
    }
    return rows;
  }
}
