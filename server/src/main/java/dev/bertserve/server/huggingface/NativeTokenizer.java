package dev.bertserve.server.huggingface;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.OptionalInt;

/**
 * Hugging Face's own tokenizers, in native code. Immutable; any thread. The native memory is freed
 * when nothing refers to this any more. Texts of more than {@link #MOST_CHARACTERS} are INVALID,
 * and so are pairs of two long ones, and those that the definition's truncation cannot cut.
 */
final class NativeTokenizer implements Tokenizer {

  private static final String LIBRARY = "tokenizers";
  private static final String CANNOT_CUT = "Truncation error";
  private static final Cleaner CLEANER = Cleaner.create();
  private static final char REPLACEMENT = '\uFFFD';

  /** Longest text, since the library tokenizes all of it before it cuts the row. */
  static final int MOST_CHARACTERS = 1 << 18;

  /**
   * Largest product of the lengths of two texts, per id of a row: the library makes every pair of a
   * row's length that they have, though only the first is asked for.
   */
  private static final long MOST_PAIRS = 1 << 18;

  private final long handle;
  private final long mostPairs;

  private NativeTokenizer(long handle, long mostPairs) {
    this.handle = handle;
    this.mostPairs = mostPairs;
    CLEANER.register(this, () -> TokenizersLibrary.LIB.deleteTokenizer(handle));
  }

  /**
   * Opens what {@code definition} defines.
   *
   * @throws IllegalArgumentException where the library rejects it, or rows do not have the token
   *     types 0, then 1
   */
  static NativeTokenizer of(TokenizerDefinition definition) {
    load();
    OptionalInt length = definition.maxLength();
    long mostPairs = length.isPresent() ? MOST_PAIRS * length.getAsInt() : Long.MAX_VALUE;
    NativeTokenizer tokenizer;
    try {
      tokenizer =
          new NativeTokenizer(
              TokenizersLibrary.LIB.createTokenizerFromString(definition.json()), mostPairs);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "tokenizer.json: " + e.getMessage() + " (expected: one that Hugging Face can read)", e);
    }
    tokenizer.tokenize("a");
    tokenizer.tokenize("a", "b");
    return tokenizer;
  }

  private static void load() {
    try {
      System.loadLibrary(LIBRARY);
    } catch (UnsatisfiedLinkError e) {
      throw new IllegalArgumentException(
          "library " + LIBRARY + ": " + e.getMessage() + " (expected: in java.library.path)", e);
    }
  }

  @Override
  public TokenIds tokenize(String text) {
    long encoding = TokenizersLibrary.LIB.encode(handle, accepted(text), true);
    try {
      return ids(encoding);
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public TokenIds tokenize(String first, String second) {
    requireFewPairs(first, second);
    long encoding = encoding(accepted(first), accepted(second));
    try {
      return ids(encoding);
    } finally {
      TokenizersLibrary.LIB.deleteEncoding(encoding);
      Reference.reachabilityFence(this);
    }
  }

  private long encoding(String first, String second) {
    try {
      return TokenizersLibrary.LIB.encodeDual(handle, first, second, true);
    } catch (RuntimeException e) {
      if (!String.valueOf(e.getMessage()).startsWith(CANNOT_CUT)) {
        throw e;
      }
      throw new ServingException(
          FailureKind.INVALID,
          "text: a pair that is too long without the text that the tokenizer cuts (expected:"
              + " a shorter other text)");
    }
  }

  private void requireFewPairs(String first, String second) {
    if ((long) first.length() * second.length() > mostPairs) {
      throw new ServingException(
          FailureKind.INVALID,
          "text: a pair of "
              + first.length()
              + " and "
              + second.length()
              + " characters (expected: a product of at most "
              + mostPairs
              + ", for this model's tokenizer)");
    }
  }

  private static String accepted(String text) {
    if (text.length() > MOST_CHARACTERS) {
      throw new ServingException(
          FailureKind.INVALID,
          "text: "
              + text.length()
              + " characters (expected: at most "
              + MOST_CHARACTERS
              + ", for this model's tokenizer)");
    }
    return wellFormed(text);
  }

  private static TokenIds ids(long encoding) {
    long[] ids = TokenizersLibrary.LIB.getTokenIds(encoding);
    long[] types = TokenizersLibrary.LIB.getTypeIds(encoding);
    int[] row = new int[ids.length];
    int secondStart = ids.length;
    for (int i = 0; i < ids.length; i++) {
      row[i] = Math.toIntExact(ids[i]);
      if (types[i] == 1 && secondStart == ids.length) {
        secondStart = i;
      }
      if (types[i] != (i < secondStart ? 0 : 1)) {
        throw new IllegalArgumentException(
            "post_processor: type " + types[i] + " (expected: 0, then 1)");
      }
    }
    return TokenIds.of(row, secondStart);
  }

  /** {@code text} with U+FFFD for each unpaired surrogate, which native code cannot take. */
  static String wellFormed(String text) {
    StringBuilder repaired = null;
    for (int at = 0; at < text.length(); at++) {
      if (!Character.isSurrogate(text.charAt(at))) {
        continue;
      }
      if (Character.isSupplementaryCodePoint(text.codePointAt(at))) {
        at++;
        continue;
      }
      repaired = repaired == null ? new StringBuilder(text) : repaired;
      repaired.setCharAt(at, REPLACEMENT);
    }
    return repaired == null ? text : repaired.toString();
  }
}
