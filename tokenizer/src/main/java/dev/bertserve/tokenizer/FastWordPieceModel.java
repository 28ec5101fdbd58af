package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.BitSet;

/**
 * The compiled vocabulary of a FastWordpieceTokenizer, as stored in a graph. Immutable.
 *
 * <p>The schema is TensorFlow Text's fast_wordpiece_tokenizer_model.fbs. Of the failure links of
 * its trie only those of punctuation are read, since the others follow from the vocabulary.
 */
public final class FastWordPieceModel {

  private static final int TRIE = 0;
  private static final int FAILURES = 1;
  private static final int SUFFIX_ROOT = 3;
  private static final int MAX_BYTES = 4;
  private static final int SUFFIX_INDICATOR = 5;
  private static final int UNKNOWN_TOKEN = 6;
  private static final int UNKNOWN_ID = 7;
  private static final int AFTER_PUNCTUATION = 9;
  private static final int END_TO_END = 10;
  private static final int HAS_TOKENS = 11;
  private static final int TOKENS = 12;
  private static final int FIELDS = 14;

  /** Of another indicator TensorFlow Text cuts other links in its trie. */
  private static final String KNOWN_INDICATOR = "##";

  /** A limit below one character's bytes makes TensorFlow Text part a word. */
  private static final int LONGEST_CHARACTER = 4;

  private final FlatTable model;

  private FastWordPieceModel(FlatTable model) {
    this.model = model;
  }

  /**
   * Reads the bytes of a model.
   *
   * @throws IllegalArgumentException if the bytes are not a model, or if its settings give other
   *     ids than {@link TokenizerSpec.Operations}
   */
  public static FastWordPieceModel of(byte[] bytes) {
    FastWordPieceModel model = new FastWordPieceModel(new FlatTable(bytes.clone(), FIELDS));
    if (!model.suffixIndicator().equals(KNOWN_INDICATOR)) {
      throw new IllegalArgumentException(
          "suffix_indicator: " + model.suffixIndicator() + " (expected: " + KNOWN_INDICATOR + ")");
    }
    if (model.maxBytesPerWord() < LONGEST_CHARACTER) {
      throw new IllegalArgumentException(
          "max_bytes_per_token: "
              + model.maxBytesPerWord()
              + " (expected: >= "
              + LONGEST_CHARACTER
              + ")");
    }
    return model;
  }

  /** Whether it takes whole texts; else it takes words that other ops cut. */
  public boolean takesTexts() {
    return model.flag(END_TO_END);
  }

  /** The token for a word that the vocabulary cannot spell. */
  public String unknownToken() {
    return new String(model.bytes(UNKNOWN_TOKEN), UTF_8);
  }

  /** The prefix of a piece inside a word. */
  public String suffixIndicator() {
    return new String(model.bytes(SUFFIX_INDICATOR), UTF_8);
  }

  /** Length limit of a normalised word, in UTF-8 bytes; a longer one is the unknown token. */
  public int maxBytesPerWord() {
    return model.number(MAX_BYTES);
  }

  /** Whether the model lists every token, including those that no text produces. */
  public boolean namesEveryToken() {
    return model.flag(HAS_TOKENS);
  }

  /**
   * Reads the tokens.
   *
   * @throws IllegalArgumentException if the model is damaged
   */
  public Vocabulary vocabulary() {
    FastTrieReader trie = trie();
    byte[][] pieces =
        takesTexts() ? trie.read(model.number(SUFFIX_ROOT), punctuation()) : trie.readWords();
    return Vocabulary.of(namesEveryToken() ? named(pieces) : pieces);
  }

  /** The code points at which it splits texts and that it keeps, in its version of Unicode. */
  BitSet punctuation() {
    return trie().punctuation(model.pairs(FAILURES), model.number(AFTER_PUNCTUATION));
  }

  private FastTrieReader trie() {
    return new FastTrieReader(
        model.numbers(TRIE),
        model.bytes(SUFFIX_INDICATOR),
        model.bytes(UNKNOWN_TOKEN),
        model.number(UNKNOWN_ID));
  }

  /** The tokens of the model's list, which lacks their indicators, if they are the trie's. */
  private byte[][] named(byte[][] pieces) {
    byte[][] tokens = model.texts(TOKENS);
    byte[] inside = model.bytes(TOKENS + 1);
    byte[] indicator = model.bytes(SUFFIX_INDICATOR);
    if (inside.length != tokens.length || tokens.length < pieces.length) {
      throw new IllegalArgumentException(
          "vocab_array: " + tokens.length + " tokens (expected: " + inside.length + ")");
    }
    for (int id = 0; id < tokens.length; id++) {
      if (inside[id] != 0) {
        tokens[id] = FastTrieReader.joined(indicator, tokens[id], tokens[id].length);
      }
      if (id < pieces.length && pieces[id].length > 0 && !Arrays.equals(pieces[id], tokens[id])) {
        throw new IllegalArgumentException(
            "vocab_array: "
                + new String(tokens[id], UTF_8)
                + " at "
                + id
                + " (expected: "
                + new String(pieces[id], UTF_8)
                + ")");
      }
    }
    return tokens;
  }
}
