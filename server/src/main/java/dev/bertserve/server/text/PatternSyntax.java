package dev.bertserve.server.text;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Reads a pattern of RE2 and writes the same pattern for RE2/J, whose Unicode tables are older:
 * every code point and class is written out, case folded where the pattern asks for it. One thread.
 */
final class PatternSyntax {

  private static final int MAX_CODE_POINT = 0x10FFFF;
  private final PatternCursor cursor;
  private final int excluded;
  private final StringBuilder written = new StringBuilder();
  private final MatchStart start = new MatchStart();
  private final Deque<Flags> outer = new ArrayDeque<>();
  private Flags flags = new Flags(false, false);

  /** {@code excluded} is a code point that nothing matches; -1 for none. */
  private PatternSyntax(String pattern, int excluded) {
    this.cursor = new PatternCursor(pattern);
    this.excluded = excluded;
  }

  /**
   * The pattern for RE2/J, and what its matches begin with.
   *
   * @param excluded a code point that nothing in it matches; -1 for none
   * @throws IllegalArgumentException if the pattern is none, or depends on single bytes
   */
  static Translation translate(String pattern, int excluded) {
    PatternSyntax syntax = new PatternSyntax(pattern, excluded);
    while (!syntax.cursor.isAtEnd()) {
      syntax.next();
    }
    syntax.start.end();
    return new Translation(syntax.written.toString(), syntax.start);
  }

  private void next() {
    int c = cursor.take();
    switch (c) {
      case '(' -> group();
      case ')' -> {
        written.append(')');
        start.endOfGroup();
        if (!outer.isEmpty()) {
          flags = outer.pop();
        }
      }
      case '[' -> write(bracket());
      case '.' -> write(anything());
      case '\\' -> escape();
      case '^', '$', '|', '*', '+', '?' -> operator(c);
      case '{' -> repetition();
      default -> literal(c);
    }
  }

  private void operator(int c) {
    written.appendCodePoint(c);
    switch (c) {
      case '|' -> start.alternative();
      case '+' -> start.repetition();
      case '*', '?' -> start.otherRepetition();
      default -> start.noCodePoint();
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
    boolean named = cursor.skip("?P<");
    if (named) {
      cursor.until('>');
    }
    if (named || !cursor.skip("?")) {
      outer.push(flags);
      written.append('(');
      start.group();
      return;
    }
    Flags before = flags;
    StringBuilder kept = new StringBuilder();
    boolean set = true;
    int c = cursor.take();
    for (; c != ')' && c != ':'; c = cursor.take()) {
      switch (c) {
        case '-' -> {
          set = false;
          kept.append('-');
        }
        case 'i' -> flags = new Flags(set, flags.dotMatchesNewline);
        case 's' -> flags = new Flags(flags.foldsCase, set);
        case 'm', 'U' -> kept.appendCodePoint(c);
        default -> throw cursor.unknown("(?" + Character.toString(c));
      }
    }
    boolean opens = c == ':';
    if (opens) {
      outer.push(before);
      start.group();
    } else {
      start.noCodePoint();
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
    String counts = cursor.counts();
    if (counts.isEmpty()) {
      literal('{');
    } else {
      written.append('{').append(counts).append('}');
      start.otherRepetition();
    }
  }

  private void escape() {
    if (cursor.skip("Q")) {
      while (!cursor.isAtEnd() && !cursor.skip("\\E")) {
        literal(cursor.take());
      }
      return;
    }
    if (cursor.has('A') || cursor.has('b') || cursor.has('z')) {
      written.append('\\').appendCodePoint(cursor.take());
      start.noCodePoint();
      return;
    }
    CodepointSet set = escapedClass();
    if (set != null) {
      write(set);
      return;
    }
    literal(cursor.escapedCodePoint());
  }

  /** The class after a backslash; null if there is none. */
  private @Nullable CodepointSet escapedClass() {
    int c = cursor.peek();
    boolean negated = c == 'D' || c == 'S' || c == 'W' || c == 'P';
    if (c == 'p' || c == 'P') {
      cursor.take();
      String name = className();
      boolean caret = name.startsWith("^");
      CodepointSet set = UnicodeTables.codepointClass(caret ? name.substring(1) : name);
      if (set == null) {
        throw cursor.unknown("\\p{" + name + "}");
      }
      return closed(set, negated != caret);
    }
    CodepointSet set =
        switch (c) {
          case 'd', 'D' -> AsciiClass.named("digit");
          case 's', 'S' -> AsciiClass.perlSpace();
          case 'w', 'W' -> AsciiClass.named("word");
          default -> null;
        };
    if (set == null) {
      return null;
    }
    cursor.take();
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
    int first = cursor.take();
    return first == '{' ? cursor.until('}') : Character.toString(first);
  }

  private CodepointSet bracket() {
    CodepointSet set = new CodepointSet();
    boolean negated = cursor.skip("^");
    for (boolean first = true; first || cursor.peek() != ']'; first = false) {
      set.addAll(member());
    }
    cursor.take();
    if (negated) {
      set.negate();
    }
    return set;
  }

  private CodepointSet member() {
    if (cursor.skip("[:")) {
      boolean negated = cursor.skip("^");
      String name = cursor.until(':');
      CodepointSet set = cursor.skip("]") ? AsciiClass.named(name) : null;
      if (set == null) {
        throw cursor.unknown("[:" + name + ":]");
      }
      return closed(set, negated);
    }
    int low = cursor.take();
    if (low == '\\') {
      CodepointSet inner = escapedClass();
      if (inner != null) {
        return inner;
      }
      low = cursor.escapedCodePoint();
    }
    return closed(set(low, cursor.startsRange() ? high() : low), false);
  }

  private int high() {
    cursor.take();
    int high = cursor.take();
    return high == '\\' ? cursor.escapedCodePoint() : high;
  }

  private void literal(int codePoint) {
    if (Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE) {
      throw cursor.unknown("a surrogate");
    }
    write(closed(set(codePoint, codePoint), false));
  }

  private void write(CodepointSet set) {
    if (excluded >= 0) {
      set.remove(excluded);
    }
    written.append(set.pattern());
    start.set(set);
  }

  private static CodepointSet set(int first, int last) {
    CodepointSet set = new CodepointSet();
    set.add(first, last);
    return set;
  }

  /**
   * A pattern that was read.
   *
   * @param pattern for RE2/J
   * @param start of its matches
   */
  record Translation(String pattern, MatchStart start) {}

  private record Flags(boolean foldsCase, boolean dotMatchesNewline) {}
}
