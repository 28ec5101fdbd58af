package dev.bertserve.server.text;

/** A place in a pattern that is read from left to right. One thread. */
final class PatternCursor {

  private final int[] pattern;
  private int at;

  PatternCursor(String pattern) {
    this.pattern = pattern.codePoints().toArray();
  }

  boolean isAtEnd() {
    return at == pattern.length;
  }

  boolean has(int c) {
    return at < pattern.length && pattern[at] == c;
  }

  int peek() {
    if (isAtEnd()) {
      throw unknown("its end");
    }
    return pattern[at];
  }

  int take() {
    int c = peek();
    at++;
    return c;
  }

  /** Skips {@code ascii} if it comes next; returns whether it did. */
  boolean skip(String ascii) {
    for (int i = 0; i < ascii.length(); i++) {
      if (at + i >= pattern.length || pattern[at + i] != ascii.charAt(i)) {
        return false;
      }
    }
    at += ascii.length();
    return true;
  }

  /** What comes before the next {@code end}, which is skipped. */
  String until(int end) {
    int start = at;
    while (take() != end) {
      // Read on
    }
    return new String(pattern, start, at - 1 - start);
  }

  /** Whether a hyphen comes next that is not the last member of a class. */
  boolean startsRange() {
    return has('-') && at + 1 < pattern.length && pattern[at + 1] != ']';
  }

  /** Skips the counts of a repetition and its closing brace; empty if there are none. */
  String counts() {
    int end = digitsEnd(at);
    boolean counted = end > at;
    if (counted && end < pattern.length && pattern[end] == ',') {
      end = digitsEnd(end + 1);
    }
    if (!counted || end == pattern.length || pattern[end] != '}') {
      return "";
    }
    String counts = new String(pattern, at, end - at);
    at = end + 1;
    return counts;
  }

  private int digitsEnd(int start) {
    int end = start;
    while (end < pattern.length && '0' <= pattern[end] && pattern[end] <= '9') {
      end++;
    }
    return end;
  }

  /** The code point after a backslash. */
  int escapedCodePoint() {
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
    String digits;
    if (skip("{")) {
      digits = until('}');
    } else {
      digits = Character.toString(take()) + Character.toString(take());
    }
    return Integer.parseInt(digits, 16);
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

  IllegalArgumentException unknown(String what) {
    return new IllegalArgumentException(
        "pattern "
            + new String(pattern, 0, pattern.length)
            + ": "
            + what
            + " (expected: RE2's syntax, without \\B and \\C)");
  }
}
