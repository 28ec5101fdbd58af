package dev.bertserve.server.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pattern of RE2 and writes the same pattern for RE2/J, whose Unicode tables are older:
 * every code point and class is written out, case folded where the pattern asks for it. One thread.
 */
final class PatternSyntax {

  private static final int MAX_CODE_POINT = 0x10FFFF;
  private static final Set<String> ASCII_CLASSES =
      Set.of(
          "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct",
          "space", "upper", "word", "xdigit");

  private final int[] pattern;
  private final int excluded;
  private final StringBuilder written = new StringBuilder();
  private final Deque<Flags> outer = new ArrayDeque<>();
  private Flags flags = new Flags(false, false);
  private int at;

  /** {@code excluded} is a code point that nothing matches; -1 for none. */
  private PatternSyntax(String pattern, int excluded) {
    this.pattern = pattern.codePoints().toArray();
    this.excluded = excluded;
  }

  /**
   * The pattern for RE2/J.
   *
   * @param excluded a code point that nothing in it matches; -1 for none
   * @throws IllegalArgumentException if the pattern is none, or depends on single bytes
   */
  static String translate(String pattern, int excluded) {
    PatternSyntax syntax = new PatternSyntax(pattern, excluded);
    while (syntax.at < syntax.pattern.length) {
      syntax.next();
    }
    return syntax.written.toString();
  }

  private void next() {
    int c = pattern[at++];
    switch (c) {
      case '(' -> group();
      case ')' -> {
        written.append(')');
        if (!outer.isEmpty()) {
          flags = outer.pop();
        }
      }
      case '[' -> write(bracket());
      case '.' -> write(anything());
      case '\\' -> escape();
      case '^', '$', '|', '*', '+', '?' -> written.appendCodePoint(c);
      case '{' -> repetition();
      default -> literal(c);
    }
  }

  private CodepointSet anything() {
    CodepointSet set = set(0, MAX_CODE_POINT);
    if (!flags.dotMatchesNewline) {
      set.remove('\n');
    }
    return set;
  }

  private void group() {
    if (!has('?')) {
      outer.push(flags);
      written.append('(');
      return;
    }
    at++;
    if (has('P')) {
      outer.push(flags);
      at = indexOf('>') + 1;
      written.append('(');
      return;
    }
    Flags before = flags;
    StringBuilder kept = new StringBuilder();
    boolean set = true;
    for (int c = take(); c != ')' && c != ':'; c = take()) {
      switch (c) {
        case '-' -> {
          set = false;
          kept.append('-');
        }
        case 'i' -> flags = new Flags(set, flags.dotMatchesNewline);
        case 's' -> flags = new Flags(flags.foldsCase, set);
        case 'm', 'U' -> kept.appendCodePoint(c);
        default -> throw unknown("(?" + Character.toString(c));
      }
    }
    boolean opens = pattern[at - 1] == ':';
    if (opens) {
      outer.push(before);
    }
    String rest = kept.toString().equals("-") ? "" : kept.toString();
    if (rest.endsWith("-")) {
      rest = rest.substring(0, rest.length() - 1);
    }
    if (opens || !rest.isEmpty()) {
      written.append("(?").append(rest).append(opens ? ':' : ')');
    }
  }

  /** A repetition such as {2,3}; any other brace stands for itself. */
  private void repetition() {
    int end = at;
    while (end < pattern.length && '0' <= pattern[end] && pattern[end] <= '9') {
      end++;
    }
    boolean counted = end > at;
    if (counted && end < pattern.length && pattern[end] == ',') {
      end++;
      while (end < pattern.length && '0' <= pattern[end] && pattern[end] <= '9') {
        end++;
      }
    }
    if (!counted || end == pattern.length || pattern[end] != '}') {
      literal('{');
      return;
    }
    written.append('{').append(new String(pattern, at, end - at)).append('}');
    at = end + 1;
  }

  private void escape() {
    if (has('Q')) {
      at++;
      while (at < pattern.length
          && !(pattern[at] == '\\' && pattern.length > at + 1 && pattern[at + 1] == 'E')) {
        literal(pattern[at++]);
      }
      at = Math.min(pattern.length, at + 2);
      return;
    }
    if (has('A') || has('b') || has('z')) {
      written.append('\\').appendCodePoint(take());
      return;
    }
    CodepointSet set = escapedClass();
    if (set != null) {
      write(set);
      return;
    }
    literal(escapedCodePoint());
  }

  /** The class after a backslash; null if there is none. */
  private @Nullable CodepointSet escapedClass() {
    int c = peek();
    CodepointSet set =
        switch (c) {
          case 'd', 'D' -> set('0', '9');
          case 's', 'S' -> asciiClass("\t\n\f\r ");
          case 'w', 'W' -> {
            CodepointSet word = set('0', '9');
            word.add('A', 'Z');
            word.add('a', 'z');
            word.add('_', '_');
            yield word;
          }
          case 'p', 'P' -> null;
          default -> null;
        };
    boolean negated = c == 'D' || c == 'S' || c == 'W' || c == 'P';
    if (c == 'p' || c == 'P') {
      at++;
      String name = className();
      boolean caret = name.startsWith("^");
      negated ^= caret;
      set = UnicodeTables.codepointClass(caret ? name.substring(1) : name);
      if (set == null) {
        throw unknown("\\p{" + name + "}");
      }
    } else if (set == null) {
      return null;
    } else {
      at++;
    }
    return closed(set, negated);
  }

  private CodepointSet closed(CodepointSet set, boolean negated) {
    if (flags.foldsCase) {
      set.addFolds();
    }
    if (negated) {
      set.negate();
    }
    return set;
  }

  private String className() {
    int first = take();
    if (first != '{') {
      return Character.toString(first);
    }
    int end = indexOf('}');
    String name = new String(pattern, at, end - at);
    at = end + 1;
    return name;
  }

  private CodepointSet bracket() {
    CodepointSet set = new CodepointSet();
    boolean negated = has('^');
    if (negated) {
      at++;
    }
    for (boolean first = true; first || peek() != ']'; first = false) {
      if (peek() == '[' && at + 1 < pattern.length && pattern[at + 1] == ':') {
        set.addAll(namedClass());
        continue;
      }
      if (peek() == '\\') {
        at++;
        CodepointSet inner = escapedClass();
        if (inner != null) {
          set.addAll(inner);
          continue;
        }
        at--;
      }
      int low = member();
      int high = low;
      if (peek() == '-' && at + 1 < pattern.length && pattern[at + 1] != ']') {
        at++;
        high = member();
      }
      CodepointSet range = set(low, high);
      set.addAll(closed(range, false));
    }
    at++;
    if (negated) {
      set.negate();
    }
    return set;
  }

  private int member() {
    int c = take();
    return c == '\\' ? escapedCodePoint() : c;
  }

  /** A class such as [:alpha:]. */
  private CodepointSet namedClass() {
    at += 2;
    boolean negated = has('^');
    if (negated) {
      at++;
    }
    int end = indexOf(':');
    String name = new String(pattern, at, end - at);
    at = end + 2;
    if (!ASCII_CLASSES.contains(name)) {
      throw unknown("[:" + name + ":]");
    }
    CodepointSet set = new CodepointSet();
    for (char c = 0; c < 0x80; c++) {
      if (isIn(name, c)) {
        set.add(c, c);
      }
    }
    return closed(set, negated);
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

  private int escapedCodePoint() {
    int c = take();
    return switch (c) {
      case 'a' -> 7;
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'v' -> 0x0B;
      case 'x' -> hexadecimal();
      case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(c);
      default -> {
        boolean word = c >= 0x80 || Character.isLetterOrDigit(c);
        if (word) {
          throw unknown("\\" + Character.toString(c));
        }
        yield c;
      }
    };
  }

  private int hexadecimal() {
    int end = at + 2;
    int start = at;
    if (has('{')) {
      start = at + 1;
      end = indexOf('}');
      at = end + 1;
    } else {
      at = end;
    }
    if (end > pattern.length) {
      throw unknown("\\x");
    }
    return Integer.parseInt(new String(pattern, start, end - start), 16);
  }

  private int octal(int first) {
    int value = first - '0';
    for (int digits = 1; digits < 3 && at < pattern.length; digits++) {
      int digit = pattern[at] - '0';
      if (digit < 0 || digit > 7) {
        break;
      }
      value = 8 * value + digit;
      at++;
    }
    return value;
  }

  private void literal(int codePoint) {
    if (Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE) {
      throw unknown("a surrogate");
    }
    write(closed(set(codePoint, codePoint), false));
  }

  private void write(CodepointSet set) {
    if (excluded >= 0) {
      set.remove(excluded);
    }
    written.append(set.pattern());
  }

  private static CodepointSet set(int first, int last) {
    CodepointSet set = new CodepointSet();
    set.add(first, last);
    return set;
  }

  private static CodepointSet asciiClass(String members) {
    CodepointSet set = new CodepointSet();
    members.chars().forEach(c -> set.add(c, c));
    return set;
  }

  private boolean has(int c) {
    return at < pattern.length && pattern[at] == c;
  }

  private int peek() {
    if (at == pattern.length) {
      throw unknown("its end");
    }
    return pattern[at];
  }

  private int take() {
    int c = peek();
    at++;
    return c;
  }

  private int indexOf(int c) {
    for (int i = at; i < pattern.length; i++) {
      if (pattern[i] == c) {
        return i;
      }
    }
    throw unknown("no " + Character.toString(c));
  }

  private IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException(
        "pattern "
            + new String(pattern, 0, pattern.length)
            + ": "
            + what
            + " (expected: RE2's syntax, without \\B and \\C)");
  }

  private record Flags(boolean foldsCase, boolean dotMatchesNewline) {}
}
