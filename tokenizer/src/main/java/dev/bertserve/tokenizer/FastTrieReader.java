package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Reads the tokens back out of FastWordpieceTokenizer's trie. One thread.
 *
 * <p>In a trie for whole texts, tokens with punctuation inside are missing, since no text gives
 * them. All punctuation is in it, with the unknown token's id where the vocabulary lacks it. A trie
 * for single words has all tokens, with their indicators.
 */
final class FastTrieReader {

  /** Longest token, its indicator aside. */
  private static final int MAX_TOKEN_BYTES = 256;

  private static final int ID_SHIFT = 8;
  private static final int ID_MASK = (1 << 22) - 1;
  private static final int LENGTH_MASK = 0xFF;
  private static final int SUFFIX_SHIFT = 30;

  /** Stands where there would else be no token inside a word. */
  private static final int PLACEHOLDER = 0x11;

  private static final byte[] NO_TOKEN = {};

  private final DartsTrie trie;
  private final BitSet parents;
  private final byte[] indicator;
  private final byte[] unknownToken;
  private final int unknownId;
  private final CharsetDecoder decoder = UTF_8.newDecoder();
  private final byte[] path = new byte[MAX_TOKEN_BYTES];
  private byte[][] tokens = new byte[1024][];
  private int size;
  private long stepsLeft;
  private BitSet punctuation = new BitSet();

  FastTrieReader(int[] units, byte[] indicator, byte[] unknownToken, int unknownId) {
    if (units.length == 0 || unknownId < 0 || unknownId > ID_MASK || unknownToken.length == 0) {
      throw new IllegalArgumentException(
          "unk_token_id: " + unknownId + " (expected: a trie, and a token for unknown words)");
    }
    this.trie = new DartsTrie(units);
    this.parents = trie.parents();
    this.indicator = indicator;
    this.unknownToken = unknownToken;
    this.unknownId = unknownId;
  }

  /**
   * The code points that are words of their own: those of one token, after which the failure {@code
   * links}, pairs of which the first is a node, lead to {@code afterPunctuation}.
   */
  BitSet punctuation(int[] links, int afterPunctuation) {
    if (links.length != 2 * trie.size()) {
      throw new IllegalArgumentException(
          "failure_struct_array: " + links.length / 2 + " (expected: " + trie.size() + ")");
    }
    BitSet found = new BitSet();
    Utf8Buffer utf8 = new Utf8Buffer();
    for (int codePoint = 1; codePoint < CodepointTable.CODE_POINTS; codePoint++) {
      int node = trie.nodeOf(codePoint, utf8);
      found.set(
          codePoint,
          node != DartsTrie.NOWHERE && trie.hasValue(node) && links[2 * node] == afterPunctuation);
    }
    return found;
  }

  /**
   * The tokens by id; of an id without one in the trie, no bytes. {@code splitting} is what {@link
   * #punctuation} returns.
   */
  byte[][] read(int suffixRoot, BitSet splitting) {
    if (suffixRoot <= 0 || suffixRoot >= trie.size()) {
      throw new IllegalArgumentException(
          "trie_suffix_root: " + suffixRoot + " (expected: 1 to " + (trie.size() - 1) + ")");
    }
    // Tokens share no nodes; punctuation may
    stepsLeft = trie.size() + (long) CodepointTable.CODE_POINTS * Integer.BYTES;
    punctuation = splitting;
    put(unknownId, unknownToken);
    walk(DartsTrie.ROOT, 0, false);
    walk(suffixRoot, 0, true);
    byte[][] all = Arrays.copyOf(tokens, size);
    Arrays.setAll(all, id -> all[id] == null ? NO_TOKEN : all[id]);
    return all;
  }

  /** The tokens by id of a trie for single words, read the same way. */
  byte[][] readWords() {
    stepsLeft = trie.size() + (long) MAX_TOKEN_BYTES;
    put(unknownId, unknownToken);
    walkWords(DartsTrie.ROOT, 0);
    byte[][] all = Arrays.copyOf(tokens, size);
    Arrays.setAll(all, id -> all[id] == null ? NO_TOKEN : all[id]);
    return all;
  }

  private void walkWords(int node, int depth) {
    for (int label = 1; label <= 0xFF; label++) {
      int child = trie.child(node, label);
      if (child == DartsTrie.NOWHERE) {
        continue;
      }
      requireEnd(depth);
      path[depth] = (byte) label;
      if (trie.hasValue(child)) {
        addWord(trie.value(child), depth + 1);
      }
      if (parents.get(child)) {
        walkWords(child, depth + 1);
      }
    }
  }

  private void addWord(int value, int length) {
    int id = value >> ID_SHIFT & ID_MASK;
    byte[] token = Arrays.copyOf(path, length);
    boolean inside =
        length > indicator.length
            && Arrays.equals(token, 0, indicator.length, indicator, 0, indicator.length);
    boolean placeholder = length == indicator.length + 1 && path[length - 1] == PLACEHOLDER;
    if (id == unknownId && (placeholder || Arrays.equals(token, unknownToken))) {
      return;
    }
    if ((value & LENGTH_MASK) + 1 != length - (inside ? indicator.length : 0)
        || inside != (value >> SUFFIX_SHIFT != 0)) {
      throw damaged(text(length), id);
    }
    put(id, token);
  }

  private void requireEnd(int depth) {
    if (depth == MAX_TOKEN_BYTES || --stepsLeft < 0) {
      throw new IllegalArgumentException(
          "trie_array: endless (expected: tokens of at most " + MAX_TOKEN_BYTES + " bytes)");
    }
  }

  private void walk(int node, int depth, boolean inside) {
    for (int label = 1; label <= 0xFF; label++) {
      int child = trie.child(node, label);
      if (child == DartsTrie.NOWHERE) {
        continue;
      }
      requireEnd(depth);
      path[depth] = (byte) label;
      if (trie.hasValue(child)) {
        add(trie.value(child), depth + 1, inside);
      }
      if (parents.get(child)) {
        walk(child, depth + 1, inside);
      }
    }
  }

  private void add(int value, int length, boolean inside) {
    String text = text(length);
    int id = value >> ID_SHIFT & ID_MASK;
    boolean saysInside = value >> SUFFIX_SHIFT != 0;
    boolean splits = text.codePoints().anyMatch(punctuation::get);
    boolean alone = !inside && text.codePointCount(0, text.length()) == 1;
    if ((value & LENGTH_MASK) + 1 != length || saysInside != inside || (splits && !alone)) {
      throw damaged(text, id);
    }
    byte[] token = joined(inside ? indicator : NO_TOKEN, path, length);
    if (id != unknownId) {
      put(id, token);
      return;
    }
    boolean placeholder = inside && length == 1 && path[0] == PLACEHOLDER;
    if (!splits && !placeholder && !Arrays.equals(token, unknownToken)) {
      throw damaged(text, id);
    }
  }

  private void put(int id, byte[] token) {
    if (id >= tokens.length) {
      tokens = Arrays.copyOf(tokens, Math.max(id + 1, 2 * tokens.length));
    }
    if (tokens[id] != null) {
      throw damaged(new String(token, UTF_8), id);
    }
    tokens[id] = token;
    size = Math.max(size, id + 1);
  }

  private String text(int length) {
    try {
      return decoder.decode(ByteBuffer.wrap(path, 0, length)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("trie_array: malformed token (expected: UTF-8)", e);
    }
  }

  /** {@code prefix} and the first {@code length} bytes of {@code token}. */
  static byte[] joined(byte[] prefix, byte[] token, int length) {
    byte[] joined = Arrays.copyOf(prefix, prefix.length + length);
    System.arraycopy(token, 0, joined, prefix.length, length);
    return joined;
  }

  private static IllegalArgumentException damaged(String text, int id) {
    return new IllegalArgumentException(
        "trie_array: "
            + text
            + " with id "
            + id
            + " (expected: each token once, punctuation alone)");
  }
}
