package dev.bertserve.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The normalisation rules that a SentencePiece model brings along: the longest rule that matches
 * replaces its bytes. Immutable.
 *
 * <p>The rules are a {@link DartsTrie}, then the replacements, each ended by a zero byte.
 */
final class CharacterMap {

  /** Bit of a match that bytes after the end may change. */
  private static final long OPEN = 1L << 63;

  private final DartsTrie rules;
  private final byte[] replacements;

  private CharacterMap(DartsTrie rules, byte[] replacements) {
    this.rules = rules;
    this.replacements = replacements;
  }

  /** Without any rule. */
  static CharacterMap empty() {
    return new CharacterMap(DartsTrie.empty(), new byte[0]);
  }

  /** Of the bytes that a model has in {@code precompiled_charsmap}. */
  static CharacterMap of(byte[] model, int start, int end) {
    if (start == end) {
      return empty();
    }
    ByteBuffer map = ByteBuffer.wrap(model, start, end - start).order(ByteOrder.LITTLE_ENDIAN);
    int size = map.remaining() < Integer.BYTES ? -1 : map.getInt();
    if (size <= 0 || size % Integer.BYTES != 0 || size >= map.remaining()) {
      throw new IllegalArgumentException(
          "precompiled_charsmap: " + size + " bytes of rules (expected: rules and replacements)");
    }
    int[] units = new int[size / Integer.BYTES];
    map.asIntBuffer().get(units);
    byte[] replacements = new byte[map.remaining() - size];
    map.position(map.position() + size).get(replacements);
    return new CharacterMap(new DartsTrie(units), replacements);
  }

  /**
   * The longest rule at {@code start}: its {@link #length} in bytes, 0 if there is none, and where
   * its {@link #replacement} starts.
   */
  long match(byte[] text, int start, int end) {
    long longest = 0;
    int node = DartsTrie.ROOT;
    for (int at = start; at < end; at++) {
      node = rules.child(node, text[at] & 0xFF);
      if (node == DartsTrie.NOWHERE) {
        return longest;
      }
      if (rules.hasValue(node)) {
        longest = (long) (at + 1 - start) << 32 | rules.value(node);
      }
    }
    return longest | OPEN;
  }

  /** Whether the bytes ended before the rule was certain. */
  static boolean isOpen(long match) {
    return match < 0;
  }

  /** Whether a rule begins with, or is a beginning of, the first {@code length} bytes. */
  boolean mayMatch(byte[] text, int length) {
    int node = DartsTrie.ROOT;
    for (int at = 0; at < length; at++) {
      node = rules.child(node, text[at] & 0xFF);
      if (node == DartsTrie.NOWHERE) {
        return false;
      }
      if (rules.hasValue(node)) {
        return true;
      }
    }
    return true;
  }

  static int length(long match) {
    return (int) (match >>> 32) & Integer.MAX_VALUE;
  }

  static int replacement(long match) {
    return (int) match;
  }

  byte[] replacements() {
    return replacements;
  }

  /** Where the replacement that starts at {@code start} ends. */
  int endOf(int start) {
    int end = start;
    while (end < replacements.length && replacements[end] != 0) {
      end++;
    }
    return end;
  }
}
