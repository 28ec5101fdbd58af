package dev.bertserve.tokenizer;

/**
 * Every choice, beside the vocabulary, that can change an id.
 *
 * @param lowerCase whether text is NFKC case folded, then NFD normalised, then stripped of Mn marks
 * @param unknownToken the token that stands for a word the vocabulary cannot spell, such as [UNK]
 * @param suffixIndicator what marks a piece inside a word, such as ##
 * @param maxBytesPerWord longest normalised word in UTF-8 bytes that is looked up; a longer one is
 *     the unknown token
 * @param startId id put before the first text, of [CLS]
 * @param endId id put after each text, of [SEP]
 * @param sequenceLength most ids of one row, start and end ids included
 * @param operations which of TensorFlow Text's two sets of operations to equal
 */
public record TokenizerSpec(
    boolean lowerCase,
    String unknownToken,
    String suffixIndicator,
    int maxBytesPerWord,
    int startId,
    int endId,
    int sequenceLength,
    Operations operations) {

  /** They differ in newer punctuation, in white space other than ASCII's and in stray marks. */
  public enum Operations {

    /** Regular expressions over the whole text: BasicTokenizer, WordpieceTokenizer. */
    CLASSIC,

    /** One code point at a time: FastBertNormalizer, FastWordpieceTokenizer. */
    FAST
  }

  public TokenizerSpec {
    if (maxBytesPerWord < 1) {
      throw new IllegalArgumentException(
          "maxBytesPerWord: " + maxBytesPerWord + " (expected: >= 1)");
    }
    if (sequenceLength < 3) {
      throw new IllegalArgumentException("sequenceLength: " + sequenceLength + " (expected: >= 3)");
    }
  }

  /** Of the classic operations. */
  public TokenizerSpec(
      boolean lowerCase,
      String unknownToken,
      String suffixIndicator,
      int maxBytesPerWord,
      int startId,
      int endId,
      int sequenceLength) {
    this(
        lowerCase,
        unknownToken,
        suffixIndicator,
        maxBytesPerWord,
        startId,
        endId,
        sequenceLength,
        Operations.CLASSIC);
  }
}
