package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;

/** Normalises Einsum equations: letters are renamed in order of appearance. */
final class Equation {

  private Equation() {}

  /** The equation of {@code einsum} with a, b, c, ... for its first, second, third letter. */
  static String of(GraphNode einsum) {
    String given = einsum.attribute("equation").getS().toStringUtf8().replace(" ", "");
    StringBuilder seen = new StringBuilder();
    StringBuilder renamed = new StringBuilder();
    for (int i = 0; i < given.length(); i++) {
      char letter = given.charAt(i);
      if (!Character.isLetter(letter)) {
        renamed.append(letter);
        continue;
      }
      int index = seen.indexOf(String.valueOf(letter));
      if (index < 0) {
        index = seen.length();
        seen.append(letter);
      }
      renamed.append((char) ('a' + index));
    }
    return renamed.toString();
  }
}
