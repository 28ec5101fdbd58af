package dev.bertserve.server.text;

import com.google.re2j.Matcher;
import java.io.ByteArrayOutputStream;

/** What replaces a match: text, and \\0 to \\9 for what a group matched. Immutable. */
final class Rewrite {

  private final byte[] bytes;
  private final String text;
  private final int highestGroup;

  /**
   * Of the bytes of a graph's constant.
   *
   * @throws IllegalArgumentException if they are not UTF-8, or a backslash precedes anything but a
   *     digit or a backslash
   */
  Rewrite(byte[] bytes) {
    this.bytes = bytes.clone();
    this.text = TextBytes.text(bytes);
    boolean valid = TextBytes.strayBytes(bytes) == 0;
    int highest = 0;
    for (int at = 0; at < text.length(); at += text.charAt(at) == '\\' ? 2 : 1) {
      if (text.charAt(at) == '\\') {
        char next = at + 1 < text.length() ? text.charAt(at + 1) : 0;
        boolean group = '0' <= next && next <= '9';
        valid &= group || next == '\\';
        highest = group ? Math.max(highest, next - '0') : highest;
      }
    }
    if (!valid) {
      throw new IllegalArgumentException(
          "rewrite: " + text + " (expected: UTF-8, a digit or a backslash after each backslash)");
    }
    this.highestGroup = highest;
  }

  int highestGroup() {
    return highestGroup;
  }

  void append(Matcher match, String matched, StringBuilder out) {
    for (int at = 0; at < text.length(); at += text.charAt(at) == '\\' ? 2 : 1) {
      if (text.charAt(at) != '\\') {
        out.append(text.charAt(at));
      } else if (text.charAt(at + 1) == '\\') {
        out.append('\\');
      } else {
        int group = text.charAt(at + 1) - '0';
        int start = match.start(group);
        if (start >= 0) {
          out.append(matched, start, match.end(group));
        }
      }
    }
  }

  /** For a match without groups: bytes of {@code text} from {@code start} until {@code end}. */
  void append(byte[] text, int start, int end, ByteArrayOutputStream out) {
    for (int at = 0; at < bytes.length; at += bytes[at] == '\\' ? 2 : 1) {
      if (bytes[at] != '\\') {
        out.write(bytes[at]);
      } else if (bytes[at + 1] == '\\') {
        out.write('\\');
      } else {
        out.write(text, start, end - start);
      }
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
