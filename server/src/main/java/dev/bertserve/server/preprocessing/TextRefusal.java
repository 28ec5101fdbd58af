package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;

/** A graph is not understood, but may run as it stands; what to do then. */
public final class TextRefusal {

  private static final String WAY_OUT = "; serve --op-library runs the graph as it stands";

  private TextRefusal() {}

  /** {@code fault} is what was found and what was expected. */
  public static UnsupportedModelException of(String fault) {
    return new UnsupportedModelException(fault + WAY_OUT);
  }

  /** The same, of {@code node}. */
  public static UnsupportedModelException of(GraphNode node, String found, String expected) {
    return of("node " + node.name() + ": " + found + " (expected: " + expected + ")");
  }
}
