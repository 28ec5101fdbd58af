package dev.bertserve.tokenizer;

/** Text in, token ids out, as TensorFlow Text gives them. Immutable; any thread. */
@SuppressWarnings("DoNotCallSuggester")
public final class BertTokenizer {

  /** Builds the lookup structures; takes milliseconds for a vocabulary of BERT's size. */
  public BertTokenizer(Vocabulary vocabulary, TokenizerSpec spec) {
    throw new UnsupportedOperationException(spec.toString());
  }

  /** The ids of one text, cut to the sequence length. */
  public TokenIds tokenize(String text) {
    throw new UnsupportedOperationException(text);
  }

  /** The ids of a pair of texts, trimmed round-robin to the sequence length. */
  public TokenIds tokenize(String first, String second) {
    throw new UnsupportedOperationException(first + second);
  }
}
