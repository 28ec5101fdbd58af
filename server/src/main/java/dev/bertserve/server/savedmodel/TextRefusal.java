package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;

/** The text half of a graph is not understood, and what to do then. */
public final class TextRefusal {

  private static final String WAY_OUT = "; serve --op-library runs the graph as it stands";

  private TextRefusal() {}

  /** {@code fault} is what was found and what was expected. */
  public static UnsupportedModelException of(String fault) {
    return new UnsupportedModelException(fault + WAY_OUT);
  }
}
