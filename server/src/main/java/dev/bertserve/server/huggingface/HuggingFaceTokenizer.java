package dev.bertserve.server.huggingface;

import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.Tokenizer;
import dev.bertserve.tokenizer.Vocabulary;
import java.util.OptionalInt;

/** Opens tokenizers that give Hugging Face's ids: ours where that is proved, else theirs. */
public final class HuggingFaceTokenizer {

  private HuggingFaceTokenizer() {}

  /**
   * What {@code definition} defines, which says where it cuts.
   *
   * @throws IllegalArgumentException where it cannot be opened
   */
  public static Tokenizer open(TokenizerDefinition definition) {
    Tokenizer theirs = theirs(definition);
    ProvenForm form = new ProvenForm(definition);
    if (!form.otherwise().isEmpty()) {
      return theirs;
    }
    BertTokenizer ours = new BertTokenizer(Vocabulary.of(definition.wordTokens()), form.spec());
    return new FastTokenizer(ours, theirs, form);
  }

  private static Tokenizer theirs(TokenizerDefinition definition) {
    NativeTokenizer theirs = NativeTokenizer.of(definition);
    OptionalInt length = definition.maxLength();
    if (length.isEmpty() || !definition.strategy().equals(TokenizerDefinition.ONLY_SECOND)) {
      return theirs;
    }
    TokenizerDefinition ofSingles =
        definition.truncatedTo(length.getAsInt(), TokenizerDefinition.LONGEST_FIRST);
    return new SecondCut(NativeTokenizer.of(ofSingles), theirs);
  }

  /** Whose code {@link #open} chooses, and why; for people. */
  public static String choice(TokenizerDefinition definition) {
    String otherwise = new ProvenForm(definition).otherwise();
    return otherwise.isEmpty()
        ? "ours, proved equal for BertNormalizer, BertPreTokenizer, WordPiece and BERT's template"
        : "Hugging Face's own, for " + otherwise;
  }
}
