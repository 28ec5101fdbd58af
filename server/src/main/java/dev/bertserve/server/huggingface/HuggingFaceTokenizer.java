package dev.bertserve.server.huggingface;

import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.Tokenizer;
import dev.bertserve.tokenizer.Vocabulary;

/** Opens tokenizers that give Hugging Face's ids: ours where that is proved, else theirs. */
public final class HuggingFaceTokenizer {

  private HuggingFaceTokenizer() {}

  /**
   * What {@code definition} defines, which says where it cuts.
   *
   * @throws IllegalArgumentException where it cannot be opened
   */
  public static Tokenizer open(TokenizerDefinition definition) {
    NativeTokenizer theirs = NativeTokenizer.of(definition);
    ProvenForm form = new ProvenForm(definition);
    if (!form.otherwise().isEmpty()) {
      return theirs;
    }
    BertTokenizer ours = new BertTokenizer(Vocabulary.of(definition.wordTokens()), form.spec());
    return new FastTokenizer(ours, theirs, form.addedTokens(), form.maxLength());
  }

  /** Whose code {@link #open} chooses, and why; for people. */
  public static String choice(TokenizerDefinition definition) {
    String otherwise = new ProvenForm(definition).otherwise();
    return otherwise.isEmpty()
        ? "ours, proved equal for BertNormalizer, BertPreTokenizer, WordPiece and BERT's template"
        : "Hugging Face's own, for " + otherwise;
  }
}
