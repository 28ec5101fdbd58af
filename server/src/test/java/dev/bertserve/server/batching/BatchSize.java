package dev.bertserve.server.batching;

import dev.bertserve.server.batching.alternatives.SimulatedRow;
import java.util.List;

/**
 * Size of a simulated batch.
 *
 * @param rows number of rows, at least 1
 * @param tokens number of tokens of all rows, unpadded
 * @param longest number of tokens of the longest row
 */
record BatchSize(int rows, int tokens, int longest) {

  static BatchSize of(List<SimulatedRow> batch) {
    int tokens = 0;
    int longest = 0;
    for (SimulatedRow row : batch) {
      tokens += row.tokens();
      longest = Math.max(longest, row.tokens());
    }
    return new BatchSize(batch.size(), tokens, longest);
  }

  /** Number of tokens if every row is padded to the longest. */
  int padded() {
    return rows * longest;
  }
}
