package dev.bertserve.server.batching;

import dev.bertserve.server.batching.alternatives.SimulatedRow;
import java.util.List;

/**
 * How large a simulated batch is.
 *
 * @param rows at least 1
 * @param tokens of all rows, unpadded
 * @param longest tokens of the longest row
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

  /** Tokens when every row is padded to the longest. */
  int padded() {
    return rows * longest;
  }
}
