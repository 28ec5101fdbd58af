package dev.bertserve.server.text;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** StringSplitV2, the joins, and the first column of padded parts. */
final class Parts {

  private Parts() {}

  /** The first part; empty if there is none. */
  static byte[] first(List<?> parts) {
    return parts.isEmpty() ? new byte[0] : (byte[]) parts.get(0);
  }

  static List<?> first(List<?> parts, long most) {
    return parts.subList(0, (int) Math.min(parts.size(), most));
  }

  static byte[] join(List<?> parts, byte[] separator) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < parts.size(); i++) {
      if (i > 0) {
        out.writeBytes(separator);
      }
      out.writeBytes((byte[]) parts.get(i));
    }
    return out.toByteArray();
  }

  /** UnsortedSegmentJoin, which takes the first part that is not empty for the first. */
  static byte[] joinSegment(List<?> parts, byte[] separator) {
    int first = 0;
    while (first < parts.size() - 1 && ((byte[]) parts.get(first)).length == 0) {
      first++;
    }
    return join(parts.subList(first, parts.size()), separator);
  }

  /**
   * The parts between separators; without a separator, between white space.
   *
   * @param most separators; without bound if negative
   */
  static List<byte[]> split(byte[] text, byte[] separator, long most) {
    if (most == 0) {
      return List.of(text);
    }
    return separator.length == 0 ? words(text, most) : between(text, separator, most);
  }

  private static List<byte[]> words(byte[] text, long most) {
    List<byte[]> words = new ArrayList<>();
    int at = WhiteSpace.skip(text, 0);
    while (at < text.length) {
      int end = at;
      while (end < text.length && !WhiteSpace.is(text[end])) {
        end++;
      }
      words.add(TextBytes.range(text, at, end));
      at = WhiteSpace.skip(text, end);
      if (most > 0 && words.size() == most) {
        words.add(TextBytes.range(text, at, text.length));
        break;
      }
    }
    return words;
  }

  private static List<byte[]> between(byte[] text, byte[] separator, long most) {
    List<byte[]> parts = new ArrayList<>();
    int start = 0;
    for (int at = 0; at + separator.length <= text.length; ) {
      if (most > 0 && parts.size() == most) {
        break;
      }
      if (isAt(text, at, separator)) {
        parts.add(TextBytes.range(text, start, at));
        at += separator.length;
        start = at;
      } else {
        at++;
      }
    }
    parts.add(TextBytes.range(text, start, text.length));
    return parts;
  }

  private static boolean isAt(byte[] text, int at, byte[] separator) {
    for (int i = 0; i < separator.length; i++) {
      if (text[at + i] != separator[i]) {
        return false;
      }
    }
    return true;
  }
}
