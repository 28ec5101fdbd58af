package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.GraphNode;

/** Checks of a graph whose failure means that it is not understood. */
final class Expected {

  private Expected() {}

  static void op(GraphNode node, String op) {
    if (!node.is(op)) {
      throw TextRefusal.of(node, node.op(), op);
    }
  }

  static void value(GraphNode node, String what, long found, long expected) {
    if (found != expected) {
      throw TextRefusal.of(node, what + " " + found, Long.toString(expected));
    }
  }
}
