package dev.bertserve.server.tensorflow.rewrite;

import dev.bertserve.server.tensorflow.graph.FlatGraph;

/** One step of the rewriter. Where its pattern does not match, the graph stays as it is. */
interface Pass {

  /** What {@code inspect} calls it. */
  String name();

  /** Rewrites {@code graph}; answers how often the pattern matched. */
  int apply(FlatGraph graph);

  /** In how many places {@code graph} still does in another way what the pattern is for. */
  int leftIn(FlatGraph graph);
}
