package dev.bertserve.server.text;

/** The white space of C's isspace. */
final class WhiteSpace {

  private WhiteSpace() {}

  static boolean is(byte b) {
    return b == ' ' || ('\t' <= b && b <= '\r');
  }

  /** Where {@code text} has the first other byte from {@code start} on. */
  static int skip(byte[] text, int start) {
    int at = start;
    while (at < text.length && is(text[at])) {
      at++;
    }
    return at;
  }

  static byte[] strip(byte[] text) {
    int start = skip(text, 0);
    int end = text.length;
    while (end > start && is(text[end - 1])) {
      end--;
    }
    return TextBytes.range(text, start, end);
  }
}
