package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The compiled rules of a FastBertNormalizer, as stored in a graph. One thread.
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
  private static final int CODE_POINTS = 0x110000;

  private final boolean lowerCase;
  private final DartsTrie trie;
  private final int dataOfZero;
  private final byte[] texts;
  private final Utf8Buffer utf8 = new Utf8Buffer();

  private FastNormalizerModel(FlatTable model) {
    int[] units = model.numbers(TRIE);
    if (units.length == 0) {
      throw new IllegalArgumentException("trie_array: empty (expected: a normalizer)");
    }
    this.lowerCase = model.flag(LOWER_CASE);
    this.trie = new DartsTrie(units);
    this.dataOfZero = model.number(DATA_OF_ZERO);
    this.texts = model.bytes(TEXTS);
  }

  /**
   * Reads the bytes of a model.
   *
   * @throws IllegalArgumentException if the bytes are not a model, or if it normalises a code point
   *     otherwise than {@link TokenizerSpec.Operations#FAST}
   */
  public static FastNormalizerModel of(byte[] bytes) {
    FastNormalizerModel model = new FastNormalizerModel(new FlatTable(bytes.clone(), FIELDS));
    model.compare();
    return model;
  }

  /** Whether the model case folds, decomposes and strips marks. */
  public boolean lowerCase() {
    return lowerCase;
  }

  private void compare() {
    CodepointTable table = lowerCase ? CodepointTable.fastFolded() : CodepointTable.fastKept();
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      int data = data(codePoint);
      int entry = table.entry(codePoint);
      if ((data == 0 && entry == 0) || isSurrogate(codePoint)) {
        continue;
      }
      String found = parted(data == 0 ? Character.toString(codePoint) : text(data));
      if (!found.equals(form(table, codePoint, entry))) {
        throw new IllegalArgumentException(
            String.format(
                "normalizer: U+%04X to '%s' (expected: '%s', by Unicode 12.1)",
                codePoint, found, form(table, codePoint, entry)));
      }
    }
  }

  private static boolean isSurrogate(int codePoint) {
    return Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE;
  }

  /** Where the text of a code point lies, or 0 where it is the code point itself. */
  private int data(int codePoint) {
    if (codePoint == 0) {
      return changed(dataOfZero);
    }
    int node = DartsTrie.ROOT;
    utf8.clear();
    utf8.append(codePoint);
    for (int i = 0; i < utf8.length(); i++) {
      node = trie.child(node, utf8.bytes()[i] & 0xFF);
      if (node == DartsTrie.NOWHERE) {
        return 0;
      }
    }
    return trie.hasValue(node) ? changed(trie.value(node)) : 0;
  }

  private static int changed(int data) {
    return (data & IS_CHANGED) == 0 ? 0 : data;
  }

  private String text(int data) {
    int length = data & LENGTH_MASK;
    int start = (data ^ IS_CHANGED) >> LENGTH_BITS;
    if (start + length > texts.length) {
      throw new IllegalArgumentException(
          "normalized_string_pool: "
              + texts.length
              + " bytes (expected: "
              + (start + length)
              + ")");
    }
    return new String(texts, start, length, UTF_8);
  }

  /** What the tokenizer sees of {@code text}: every space is one to it. */
  private static String parted(String text) {
    CodepointTable kinds = CodepointTable.fastKept();
    StringBuilder parted = new StringBuilder();
    text.codePoints().forEach(c -> append(parted, c, kinds.entry(c)));
    return parted.toString();
  }

  /** What the table makes of a code point. */
  private static String form(CodepointTable table, int codePoint, int entry) {
    StringBuilder form = new StringBuilder();
    switch (CodepointTable.kind(entry)) {
      case CodepointTable.HANGUL -> {
        form.appendCodePoint(Hangul.leading(codePoint)).appendCodePoint(Hangul.vowel(codePoint));
        if (Hangul.hasTrailing(codePoint)) {
          form.appendCodePoint(Hangul.trailing(codePoint));
        }
      }
      case CodepointTable.SEQUENCE -> {
        for (int i = 0; i < CodepointTable.length(entry); i++) {
          int part = table.entry(entry, i);
          append(form, CodepointTable.value(part), part);
        }
      }
      default -> append(form, CodepointTable.normalForm(codePoint, entry), entry);
    }
    return form.toString();
  }

  private static void append(StringBuilder text, int codePoint, int entry) {
    switch (CodepointTable.kind(entry)) {
      case CodepointTable.SPACE -> text.append(' ');
      case CodepointTable.DROPPED -> {}
      default -> text.appendCodePoint(codePoint);
    }
  }
}
