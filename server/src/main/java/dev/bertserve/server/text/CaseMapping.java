package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/** StringLower and StringUpper in both their encodings; with UTF-8 a text ends at its first NUL. */
final class CaseMapping {

  private static final int SIGMA = 0x3A3;
  private static final int FINAL_SIGMA = 0x3C2;

  private CaseMapping() {}

  static byte[] lowerCaseAscii(byte[] text) {
    return moved(text, 'A', 'Z', 'a' - 'A');
  }

  static byte[] upperCaseAscii(byte[] text) {
    return moved(text, 'a', 'z', 'A' - 'a');
  }

  /** {@code text} with bytes from {@code first} to {@code last} moved; itself if there are none. */
  private static byte[] moved(byte[] text, char first, char last, int by) {
    int at = 0;
    while (at < text.length && (text[at] < first || text[at] > last)) {
      at++;
    }
    if (at == text.length) {
      return text;
    }
    byte[] moved = text.clone();
    for (; at < moved.length; at++) {
      if (first <= moved[at] && moved[at] <= last) {
        moved[at] += (byte) by;
      }
    }
    return moved;
  }

  static byte[] lowerCase(byte[] bytes) {
    String text = TextBytes.replaced(untilNul(bytes));
    StringBuilder lower = new StringBuilder(text.length());
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      int end = at + Character.charCount(codePoint);
      if (codePoint == SIGMA && isCasedBefore(text, at) && !isCasedFrom(text, end)) {
        lower.appendCodePoint(FINAL_SIGMA);
      } else {
        append(codePoint, UnicodeTables.lowerCase(codePoint), lower);
      }
      at = end;
    }
    return lower.toString().getBytes(UTF_8);
  }

  static byte[] upperCase(byte[] bytes) {
    String text = TextBytes.replaced(untilNul(bytes));
    StringBuilder upper = new StringBuilder(text.length());
    text.codePoints()
        .forEach(codePoint -> append(codePoint, UnicodeTables.upperCase(codePoint), upper));
    return upper.toString().getBytes(UTF_8);
  }

  private static byte[] untilNul(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return TextBytes.range(bytes, 0, end);
  }

  private static void append(int codePoint, @Nullable String mapped, StringBuilder out) {
    if (mapped == null) {
      out.appendCodePoint(codePoint);
    } else {
      out.append(mapped);
    }
  }

  private static boolean isCasedBefore(String text, int end) {
    for (int at = end; at > 0; ) {
      int codePoint = text.codePointBefore(at);
      at -= Character.charCount(codePoint);
      if (!UnicodeTables.isCaseIgnorable(codePoint)) {
        return UnicodeTables.isCased(codePoint);
      }
    }
    return false;
  }

  private static boolean isCasedFrom(String text, int start) {
    for (int at = start; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      if (!UnicodeTables.isCaseIgnorable(codePoint)) {
        return UnicodeTables.isCased(codePoint);
      }
    }
    return false;
  }
}
