package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.FlatGraph;
import java.util.Optional;

/**
 * A graph, and another one of the same inputs and outputs for small batches that two threads share.
 *
 * @param whole runs every batch
 * @param shared runs small batches while processors are idle; empty if {@code whole} does
 */
record LoweredGraphs(FlatGraph whole, Optional<FlatGraph> shared) {

  static LoweredGraphs of(FlatGraph whole) {
    return new LoweredGraphs(whole, Optional.empty());
  }
}
