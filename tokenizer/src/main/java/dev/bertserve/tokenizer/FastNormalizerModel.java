package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The compiled rules of a FastBertNormalizer, as stored in a graph: the normal form of each code
 * point, in the version of Unicode that it was compiled with. Immutable.
 *
 * <p>The schema is TensorFlow Text's fast_bert_normalizer_model.fbs.
 */
public final class FastNormalizerModel {

  private static final int LOWER_CASE = 0;
  private static final int TRIE = 1;
  private static final int DATA_OF_ZERO = 2;
  private static final int TEXTS = 3;
  private static final int FIELDS = 4;

  private static final int IS_CHANGED = 1 << 30;
  private static final int LENGTH_BITS = 6;
  private static final int LENGTH_MASK = (1 << LENGTH_BITS) - 1;

  /** Changes nothing: for a tokenizer that reads texts as they are. */
  public static final FastNormalizerModel NONE =
      new FastNormalizerModel(false, null, 0, new byte[0]);

  private final boolean lowerCase;

  /** Null if it changes nothing. */
  private final @Nullable DartsTrie trie;

  private final int dataOfZero;
  private final byte[] texts;

  private FastNormalizerModel(
      boolean lowerCase, @Nullable DartsTrie trie, int dataOfZero, byte[] texts) {
    this.lowerCase = lowerCase;
    this.trie = trie;
    this.dataOfZero = dataOfZero;
    this.texts = texts;
  }

  /**
   * Reads the bytes of a model.
   *
   * @throws IllegalArgumentException if the bytes are not a model
   */
  public static FastNormalizerModel of(byte[] bytes) {
    FlatTable model = new FlatTable(bytes.clone(), FIELDS);
    int[] units = model.numbers(TRIE);
    if (units.length == 0) {
      throw new IllegalArgumentException("trie_array: empty (expected: a normalizer)");
    }
    return new FastNormalizerModel(
        model.flag(LOWER_CASE),
        new DartsTrie(units),
        model.number(DATA_OF_ZERO),
        model.bytes(TEXTS));
  }

  /** Whether the model case folds, decomposes and strips marks. */
  public boolean lowerCase() {
    return lowerCase;
  }

  /**
   * The rules as a table, for words that end at White_Space and at {@code punctuation}.
   *
   * @throws IllegalArgumentException if a rule points out of the model
   */
  CodepointTable table(BitSet punctuation) {
    int[] entries = new int[CodepointTable.CODE_POINTS];
    List<Integer> sequences = new ArrayList<>();
    Utf8Buffer utf8 = new Utf8Buffer();
    for (int codePoint = 0; codePoint < entries.length; codePoint++) {
      int data = codePoint == 0 ? dataOfZero : data(codePoint, utf8);
      int[] form = (data & IS_CHANGED) == 0 ? new int[] {codePoint} : form(data);
      entries[codePoint] =
          CodepointTable.entry(codePoint, form, c -> kind(c, punctuation), sequences);
    }
    return CodepointTable.of(entries, sequences.stream().mapToInt(Integer::intValue).toArray());
  }

  private int data(int codePoint, Utf8Buffer utf8) {
    if (trie == null) {
      return 0;
    }
    int node = trie.nodeOf(codePoint, utf8);
    return node != DartsTrie.NOWHERE && trie.hasValue(node) ? trie.value(node) : 0;
  }

  private int[] form(int data) {
    int length = data & LENGTH_MASK;
    int start = (data ^ IS_CHANGED) >>> LENGTH_BITS;
    if (length > texts.length - start) {
      throw new IllegalArgumentException(
          String.format(
              "normalized_string_pool: %d bytes (expected: %d)", texts.length, start + length));
    }
    try {
      ByteBuffer text = ByteBuffer.wrap(texts, start, length);
      return UTF_8.newDecoder().decode(text).codePoints().toArray();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("normalized_string_pool: malformed (expected: UTF-8)", e);
    }
  }

  private static int kind(int codePoint, BitSet punctuation) {
    if (punctuation.get(codePoint)) {
      return CodepointTable.ALONE;
    }
    boolean space = TokenizerSpec.WHITE_SPACE.indexOf(codePoint) >= 0;
    return space ? CodepointTable.SPACE : CodepointTable.WORD;
  }
}
