package dev.bertserve.tokenizer;

import java.util.List;

/**
 * All options, beside the vocabulary, that affect ids.
 *
 * @param lowerCase whether text is NFKC case folded, then NFD normalised, then stripped of Mn
 *     marks; of {@link Operations#WORDS} only folded; of {@link Operations#HUGGING_FACE} NFD
 *     normalised, stripped and lower-cased
 * @param unknownToken the token for a word that the vocabulary cannot spell, such as [UNK]
 * @param suffixIndicator the prefix of a piece inside a word, such as ##
 * @param maxBytesPerWord length limit of a normalised word, in UTF-8 bytes, or in code points with
 *     {@link Operations#HUGGING_FACE}; a longer one is the unknown token
 * @param rows what is added to the ids of texts, and how they are cut
 * @param operations which set of operations determines the ids
 * @param wholeWords texts, such as [MASK], that are words of their own wherever they stand, not cut
 *     nor folded; only of {@link Operations#WORDS}
 */
public record TokenizerSpec(
    boolean lowerCase,
    String unknownToken,
    String suffixIndicator,
    int maxBytesPerWord,
    RowTemplate rows,
    Operations operations,
    List<String> wholeWords) {

  /** All characters with Unicode's property White_Space, in order. */
  public static final String WHITE_SPACE =
      "\t\n\u000B\f\r \u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007"
          + "\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000";

  /** The sets differ in newer punctuation, white space, controls, stray marks and surrogates. */
  public enum Operations {

    /** Regular expressions over the whole text: BasicTokenizer, WordpieceTokenizer. */
    CLASSIC,

    /**
     * One code point at a time, by rules that the model brings: FastBertNormalizer,
     * FastWordpieceTokenizer.
     */
    FAST,

    /**
     * Words cut as they stand, at the delimiters of {@link #CLASSIC}: a regular expression, then
     * FastWordpieceTokenizer. If lower-cased, each word is NFKC case folded, and not cut again.
     */
    WORDS,

    /** Words cut as they stand, at white space: WhitespaceTokenizer, then either Wordpiece op. */
    SPACES,

    /**
     * One code point at a time: Hugging Face's BertNormalizer, with all that BERT sets,
     * BertPreTokenizer and WordPiece. Words are limited in code points.
     */
    HUGGING_FACE
  }

  public TokenizerSpec {
    if (maxBytesPerWord < 1) {
      throw new IllegalArgumentException(
          "maxBytesPerWord: " + maxBytesPerWord + " (expected: >= 1)");
    }
    wholeWords = List.copyOf(wholeWords);
  }

  /** Options for rows of BERT's own form. */
  public TokenizerSpec(
      boolean lowerCase,
      String unknownToken,
      String suffixIndicator,
      int maxBytesPerWord,
      int startId,
      int endId,
      int sequenceLength,
      Operations operations) {
    this(
        lowerCase,
        unknownToken,
        suffixIndicator,
        maxBytesPerWord,
        RowTemplate.bert(startId, endId, sequenceLength),
        operations,
        List.of());
  }

  /** The same for {@link Operations#CLASSIC}. */
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
