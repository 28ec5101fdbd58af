package dev.bertserve.server.text;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The classes of ASCII that RE2 has names for. */
final class AsciiClass {

  private static final Set<String> ASCII_CLASSES =
      Set.of(
          "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
          "space", "upper", "word", "xdigit");

  private AsciiClass() {}

  /** The class [:name:]; null if there is none. */
  static @Nullable CodepointSet named(String name) {
    if (!ASCII_CLASSES.contains(name)) {
      return null;
    }
    CodepointSet set = new CodepointSet();
    for (char c = 0; c < 0x80; c++) {
      if (isIn(name, c)) {
        set.add(c, c);
      }
    }
    return set;
  }

  /** White space without the vertical tab. */
  static CodepointSet perlSpace() {
    CodepointSet set = new CodepointSet();
    "\t\n\f\r ".chars().forEach(c -> set.add(c, c));
    return set;
  }

  private static boolean isIn(String name, char c) {
    boolean digit = '0' <= c && c <= '9';
    boolean upper = 'A' <= c && c <= 'Z';
    boolean lower = 'a' <= c && c <= 'z';
    boolean graph = 0x21 <= c && c <= 0x7E;
    return switch (name) {
      case "alnum" -> digit || upper || lower;
      case "alpha" -> upper || lower;
      case "ascii" -> true;
      case "blank" -> c == '\t' || c == ' ';
      case "cntrl" -> c < 0x20 || c == 0x7F;
      case "digit" -> digit;
      case "graph" -> graph;
      case "lower" -> lower;
      case "print" -> graph || c == ' ';
      case "punct" -> graph && !digit && !upper && !lower;
      case "space" -> c == ' ' || (0x09 <= c && c <= 0x0D);
      case "upper" -> upper;
      case "word" -> digit || upper || lower || c == '_';
      default -> digit || ('A' <= c && c <= 'F') || ('a' <= c && c <= 'f');
    };
  }
}
