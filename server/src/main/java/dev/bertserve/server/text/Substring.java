package dev.bertserve.server.text;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.util.List;

/**
 * Substr of a constant position and length.
 *
 * @param position of the first unit; from the end if negative
 * @param length most units
 * @param codePoints whether units are code points; else bytes
 */
record Substring(long position, long length, boolean codePoints) {

  static Substring of(List<String> arguments) {
    Arguments given = new Arguments("Substr", arguments);
    if (given.number(1) < 0) {
      throw given.unknown(1, "a length >= 0");
    }
    return new Substring(given.number(0), given.number(1), given.isCodePoints(2));
  }

  /**
   * The part of {@code text}.
   *
   * @throws ServingException if the position is not in the text, for which TensorFlow's op fails
   */
  byte[] of(byte[] text) {
    int start = start(text);
    int end = start;
    for (long left = length; left > 0 && end < text.length; left--) {
      end = next(text, end);
    }
    return TextBytes.range(text, start, end);
  }

  private int start(byte[] text) {
    int at = position < 0 ? text.length : 0;
    for (long left = Math.abs(position); left > 0; left--) {
      if (at == (position < 0 ? 0 : text.length)) {
        throw new ServingException(
            FailureKind.INVALID,
            "text: "
                + units(text, codePoints)
                + (codePoints ? " code points" : " bytes")
                + " (expected: at least "
                + Math.abs(position)
                + ", from where this model takes a part)");
      }
      at = position < 0 ? previous(text, at) : next(text, at);
    }
    return at;
  }

  private int next(byte[] text, int at) {
    int next = at + 1;
    while (codePoints && next < text.length && isTrail(text[next])) {
      next++;
    }
    return next;
  }

  private int previous(byte[] text, int at) {
    int previous = at - 1;
    while (codePoints && previous > 0 && isTrail(text[previous])) {
      previous--;
    }
    return previous;
  }

  /** StringLength. */
  static long units(byte[] text, boolean codePoints) {
    if (!codePoints) {
      return text.length;
    }
    long units = 0;
    for (byte b : text) {
      units += isTrail(b) ? 0 : 1;
    }
    return units;
  }

  private static boolean isTrail(byte b) {
    return (b & 0xC0) == 0x80;
  }
}
