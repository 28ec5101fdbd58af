package dev.bertserve.tokenizer;

/** Text in, token ids out. Immutable; any thread. */
public interface Tokenizer {

  /** The ids of one text, truncated to the sequence length. */
  TokenIds tokenize(String text);

  /** The ids of a pair of texts, truncated to the sequence length. */
  TokenIds tokenize(String first, String second);
}
