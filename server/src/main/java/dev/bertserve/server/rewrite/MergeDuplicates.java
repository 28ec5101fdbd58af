package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Duplicates;
import dev.bertserve.server.graph.FlatGraph;

/** Merges nodes that compute the same from the same inputs. */
final class MergeDuplicates implements Pass {

  @Override
  public String name() {
    return "merge duplicates";
  }

  @Override
  public int apply(FlatGraph graph) {
    return Duplicates.merge(graph);
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return 0;
  }
}
