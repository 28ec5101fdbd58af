package dev.bertserve.server.preprocessing;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.util.ArrayList;
import java.util.List;

/** Reads a pattern that is a choice of literal words, as Python's {@code re.escape} writes them. */
final class WholeWords {

  private static final String META = "()[]{}?*+^$.#&~- \t";

  private WholeWords() {}

  /** The words of {@code pattern}, of the op {@code split}; none of an empty one. */
  static List<String> of(String pattern, GraphNode split) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int at = 0; at < pattern.length(); at++) {
      char next = pattern.charAt(at);
      if (next == '|') {
        add(word, words, pattern, split);
        continue;
      }
      boolean escapes = next == '\\' && at + 1 < pattern.length();
      char literal = escapes ? pattern.charAt(++at) : next;
      if (escapes ? Character.isLetterOrDigit(literal) : META.indexOf(literal) >= 0) {
        throw unknown(pattern, split);
      }
      word.append(literal);
    }
    if (!pattern.isEmpty()) {
      add(word, words, pattern, split);
    }
    return words;
  }

  private static void add(StringBuilder word, List<String> words, String pattern, GraphNode split) {
    if (word.isEmpty()) {
      throw unknown(pattern, split);
    }
    words.add(word.toString());
    word.setLength(0);
  }

  private static UnsupportedModelException unknown(String pattern, GraphNode split) {
    return TextRefusal.of(split, "pattern " + pattern, "words to find as they are");
  }
}
