package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;

/** One step of the rewriter. A part of the graph that does not match its pattern is unchanged. */
interface Pass {

  /** The name in the output of {@code inspect}. */
  String name();

  /** Rewrites {@code graph}; returns how often the pattern matched. */
  int apply(FlatGraph graph);

  /** The number of parts of {@code graph} that the pattern is meant for but does not match. */
  int missedIn(FlatGraph graph);
}
