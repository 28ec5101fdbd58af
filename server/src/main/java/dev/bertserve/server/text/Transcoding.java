package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.List;

/**
 * UnicodeTranscode from UTF-8 to UTF-8: what is no UTF-8 is replaced, dropped or refused.
 *
 * @param errors replace, ignore or strict
 * @param replacement a code point
 * @param alsoControls whether U+0000 to U+001F are treated like errors
 */
record Transcoding(String errors, int replacement, boolean alsoControls) {

  static Transcoding of(List<String> arguments) {
    Arguments given = new Arguments("UnicodeTranscode", arguments);
    for (int place = 0; place < 2; place++) {
      if (!given.at(place).equals("UTF-8")) {
        throw given.unknown(place, "UTF-8");
      }
    }
    if (!List.of("replace", "ignore", "strict").contains(given.at(2))) {
      throw given.unknown(2, "replace, ignore or strict");
    }
    return new Transcoding(given.at(2), (int) given.number(3), given.isTrue(4));
  }

  byte[] of(byte[] text) {
    StringBuilder out = new StringBuilder(text.length);
    for (int at = 0; at < text.length; ) {
      int length = TextBytes.isSurrogate(text, at) ? 0 : TextBytes.length(text, at);
      if (length == 0) {
        appendError(out);
        at += TextBytes.errorLength(text, at);
        continue;
      }
      int codePoint = TextBytes.codePoint(text, at, length);
      if (alsoControls && codePoint < 0x20) {
        appendReplacement(out);
      } else {
        out.appendCodePoint(codePoint);
      }
      at += length;
    }
    return out.toString().getBytes(UTF_8);
  }

  private void appendError(StringBuilder out) {
    if (errors.equals("strict")) {
      throw new ServingException(
          FailureKind.INVALID, "text: malformed UTF-8 (expected: UTF-8, which this model checks)");
    }
    appendReplacement(out);
  }

  private void appendReplacement(StringBuilder out) {
    if (!errors.equals("ignore")) {
      out.appendCodePoint(replacement);
    }
  }
}
