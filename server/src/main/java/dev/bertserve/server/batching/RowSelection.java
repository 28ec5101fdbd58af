package dev.bertserve.server.batching;

import java.util.List;

/** Which of the rows whose turn is near run together. One thread. */
sealed interface RowSelection<T extends Batchable> permits LikeLengths, FullSequences {

  /**
   * Puts the batch in {@code picked}, never none, with the first of {@code near} in it: the
   * quickest that yields so large a {@code share} of the best.
   */
  void pick(List<Waiting<T>> near, double share, List<Waiting<T>> picked);
}
