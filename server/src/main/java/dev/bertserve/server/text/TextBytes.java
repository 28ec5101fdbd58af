package dev.bertserve.server.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.BitSet;

/**
 * A text as TensorFlow has it: bytes, mostly of UTF-8. An unpaired surrogate is the three bytes
 * that Python's surrogatepass makes of it; any other byte that is no part of a code point is stray.
 */
final class TextBytes {

  private TextBytes() {}

  static byte[] of(String text) {
    for (int at = 0; at < text.length(); at++) {
      if (Character.isSurrogate(text.charAt(at))) {
        return withSurrogates(text);
      }
    }
    return text.getBytes(UTF_8);
  }

  private static byte[] withSurrogates(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length() + 16);
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      append(codePoint, out);
    }
    return out.toByteArray();
  }

  static void append(int codePoint, ByteArrayOutputStream out) {
    if (codePoint < 0x80) {
      out.write(codePoint);
      return;
    }
    if (codePoint < 0x800) {
      out.write(0xC0 | codePoint >> 6);
    } else {
      if (codePoint < 0x10000) {
        out.write(0xE0 | codePoint >> 12);
      } else {
        out.write(0xF0 | codePoint >> 18);
        out.write(0x80 | (codePoint >> 12 & 0x3F));
      }
      out.write(0x80 | (codePoint >> 6 & 0x3F));
    }
    out.write(0x80 | (codePoint & 0x3F));
  }

  /** How many bytes {@code codePoint} has. */
  static int length(int codePoint) {
    return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
  }

  /** How many bytes the code point at {@code at} has, surrogates included; 0 of a stray byte. */
  static int length(byte[] text, int at) {
    int lead = text[at] & 0xFF;
    if (lead < 0x80) {
      return 1;
    }
    int length = lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || at + length > text.length) {
      return 0;
    }
    for (int i = 1; i < length; i++) {
      if ((text[at + i] & 0xC0) != 0x80) {
        return 0;
      }
    }
    int second = text[at + 1] & 0xFF;
    boolean valid =
        switch (lead) {
          case 0xE0 -> second >= 0xA0;
          case 0xF0 -> second >= 0x90;
          case 0xF4 -> second < 0x90;
          default -> true;
        };
    return valid ? length : 0;
  }

  /** Where the code point or the stray byte at {@code at} ends; at the end, there. */
  static int next(byte[] text, int at) {
    return at == text.length ? at : at + Math.max(1, length(text, at));
  }

  static int codePoint(byte[] text, int at, int length) {
    return switch (length) {
      case 1 -> text[at];
      case 2 -> (text[at] & 0x1F) << 6 | (text[at + 1] & 0x3F);
      case 3 -> (text[at] & 0x0F) << 12 | (text[at + 1] & 0x3F) << 6 | (text[at + 2] & 0x3F);
      default ->
          (text[at] & 0x07) << 18
              | (text[at + 1] & 0x3F) << 12
              | (text[at + 2] & 0x3F) << 6
              | (text[at + 3] & 0x3F);
    };
  }

  static int strayBytes(byte[] text) {
    int strays = 0;
    for (int at = 0; at < text.length; at = next(text, at)) {
      strays += text[at] < 0 && length(text, at) == 0 ? 1 : 0;
    }
    return strays;
  }

  /** A code point that neither has, {@code usual} if possible. */
  static int absentCodePoint(byte[] text, byte[] other, int usual) {
    BitSet present = new BitSet();
    addCodePoints(text, present);
    addCodePoints(other, present);
    return present.get(usual) ? present.previousClearBit(Character.MAX_CODE_POINT) : usual;
  }

  private static void addCodePoints(byte[] text, BitSet present) {
    for (int at = 0; at < text.length; at = next(text, at)) {
      int length = length(text, at);
      if (length > 0) {
        present.set(codePoint(text, at, length));
      }
    }
  }

  /** The bytes of {@code marked} with the stray bytes of {@code text}, in order, for markers. */
  static byte[] unmarked(String marked, int marker, byte[] text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(marked.length() + 16);
    int stray = 0;
    for (int at = 0; at < marked.length(); ) {
      int codePoint = marked.codePointAt(at);
      at += Character.charCount(codePoint);
      if (codePoint != marker) {
        append(codePoint, out);
        continue;
      }
      while (length(text, stray) != 0) {
        stray = next(text, stray);
      }
      out.write(text[stray++]);
    }
    return out.toByteArray();
  }

  /**
   * The text as a Java string; a stray byte becomes an unpaired surrogate, which like it is no part
   * of any token.
   */
  static String text(byte[] bytes) {
    return text(bytes, Character.MAX_SURROGATE);
  }

  /** The text as a Java string, with {@code marker} for each stray byte. */
  static String text(byte[] bytes, int marker) {
    if (isAscii(bytes)) {
      return new String(bytes, UTF_8);
    }
    StringBuilder text = new StringBuilder(bytes.length);
    for (int at = 0; at < bytes.length; at = next(bytes, at)) {
      int length = length(bytes, at);
      text.appendCodePoint(length == 0 ? marker : codePoint(bytes, at, length));
    }
    return text.toString();
  }

  /** The text as ICU reads UTF-8: U+FFFD for each longest start of a code point, and other byte. */
  static String replaced(byte[] bytes) {
    if (isAscii(bytes)) {
      return new String(bytes, UTF_8);
    }
    StringBuilder text = new StringBuilder(bytes.length);
    for (int at = 0; at < bytes.length; ) {
      int length = isSurrogate(bytes, at) ? 0 : length(bytes, at);
      text.appendCodePoint(length == 0 ? 0xFFFD : codePoint(bytes, at, length));
      at += length == 0 ? errorLength(bytes, at) : length;
    }
    return text.toString();
  }

  static boolean isSurrogate(byte[] text, int at) {
    return (text[at] & 0xFF) == 0xED && at + 1 < text.length && (text[at + 1] & 0xE0) == 0xA0;
  }

  /** How many bytes at {@code at} begin a code point that does not end. */
  static int errorLength(byte[] text, int at) {
    int lead = text[at] & 0xFF;
    int most = lead < 0xC2 || lead > 0xF4 ? 1 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
    int length = 1;
    while (length < most && at + length < text.length && (text[at + length] & 0xC0) == 0x80) {
      int second = text[at + 1] & 0xFF;
      boolean possible =
          switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xED -> second < 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
          };
      if (!possible) {
        break;
      }
      length++;
    }
    return length;
  }

  private static boolean isAscii(byte[] bytes) {
    int all = 0;
    for (byte b : bytes) {
      all |= b;
    }
    return all >= 0;
  }

  /** For people. */
  static String shown(byte[] bytes) {
    return "'" + new String(bytes, UTF_8) + "'";
  }

  static byte[] untilNul(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && bytes[end] != 0) {
      end++;
    }
    return range(bytes, 0, end);
  }

  static byte[] range(byte[] bytes, int start, int end) {
    return start == 0 && end == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, end);
  }
}
