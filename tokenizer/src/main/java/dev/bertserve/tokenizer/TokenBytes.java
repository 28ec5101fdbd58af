package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Arrays;

/** The tokens of a vocabulary, in order, as UTF-8. Immutable. */
final class TokenBytes {

  private final byte[] bytes;
  private final int[] starts;
  private final int[] ends;

  /** Takes ownership of the arrays; a token lies from its start to before its end. */
  TokenBytes(byte[] bytes, int[] starts, int[] ends) {
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
  }

  /**
   * Parts {@code file} into lines as TensorFlow does: at line feeds, less one carriage return at
   * the end of each. Takes ownership of {@code file}.
   */
  static TokenBytes ofLines(byte[] file) {
    requireUtf8(file);
    int lines = 0;
    int[] starts = new int[1024];
    int[] ends = new int[1024];
    for (int start = 0; start < file.length; lines++) {
      int feed = indexOfLineFeed(file, start);
      int end = feed > start && file[feed - 1] == '\r' ? feed - 1 : feed;
      if (end == start) {
        if (feed == file.length) {
          break;
        }
        throw new IllegalArgumentException(
            "vocabulary line " + (lines + 1) + ": empty (expected: a token on every line)");
      }
      if (lines == starts.length) {
        starts = Arrays.copyOf(starts, 2 * lines);
        ends = Arrays.copyOf(ends, 2 * lines);
      }
      starts[lines] = start;
      ends[lines] = end;
      start = feed + 1;
    }
    if (lines == 0) {
      throw new IllegalArgumentException("vocabulary: empty (expected: a token on every line)");
    }
    return new TokenBytes(file, Arrays.copyOf(starts, lines), Arrays.copyOf(ends, lines));
  }

  /** One token after the other; an empty one is a place without a token. */
  static TokenBytes ofTokens(byte[][] tokens) {
    int[] starts = new int[tokens.length];
    int[] ends = new int[tokens.length];
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int id = 0; id < tokens.length; id++) {
      starts[id] = bytes.size();
      bytes.writeBytes(tokens[id]);
      ends[id] = bytes.size();
    }
    return new TokenBytes(bytes.toByteArray(), starts, ends);
  }

  int size() {
    return starts.length;
  }

  /** The unsigned byte at {@code position} of a token, or -1 past its end. */
  int label(int id, int position) {
    int at = starts[id] + position;
    return at < ends[id] ? bytes[at] & 0xFF : -1;
  }

  int length(int id) {
    return ends[id] - starts[id];
  }

  /** Length of the longest of the tokens {@code ids}; 0 if there are none. */
  int longest(int[] ids) {
    int longest = 0;
    for (int id : ids) {
      longest = Math.max(longest, length(id));
    }
    return longest;
  }

  boolean isEqual(int id, byte[] other) {
    return Arrays.equals(bytes, starts[id], ends[id], other, 0, other.length);
  }

  String text(int id) {
    return new String(bytes, starts[id], ends[id] - starts[id], UTF_8);
  }

  private static int indexOfLineFeed(byte[] file, int from) {
    int at = from;
    while (at < file.length && file[at] != '\n') {
      at++;
    }
    return at;
  }

  private static void requireUtf8(byte[] file) {
    ByteBuffer read = ByteBuffer.wrap(file);
    try {
      UTF_8.newDecoder().decode(read);
    } catch (CharacterCodingException e) {
      int line = 1;
      for (int i = 0; i < read.position(); i++) {
        line += file[i] == '\n' ? 1 : 0;
      }
      throw new IllegalArgumentException(
          "vocabulary line " + line + ": malformed (expected: UTF-8)", e);
    }
  }
}
