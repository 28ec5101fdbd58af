package dev.bertserve.tokenizer;

import java.util.function.Supplier;

/**
 * Turns text into token ids, exactly as TensorFlow Text does, or Hugging Face's tokenizers,
 * whichever the spec says. Immutable; any thread.
 *
 * <p>An unpaired surrogate counts as the three bytes of its UTF-8 form, which Python's {@code
 * surrogatepass} passes to TensorFlow. Each thread that tokenizes keeps a small buffer; otherwise
 * only the ids outlive a call.
 */
public final class BertTokenizer implements Tokenizer {

  private final RowBuilder rows;
  private final ThreadLocal<Workspace> workspaces;

  /** A WordPiece tokenizer. Cheap; several tokenizers may share the vocabulary. */
  public BertTokenizer(Vocabulary vocabulary, TokenizerSpec spec) {
    this(vocabulary, spec, CodepointTable.of(spec));
  }

  /**
   * A WordPiece tokenizer of {@link TokenizerSpec.Operations#FAST} by the rules of {@code
   * normalizer} and the punctuation of {@code words}, whose vocabulary is {@code vocabulary}.
   */
  public BertTokenizer(
      Vocabulary vocabulary,
      TokenizerSpec spec,
      FastWordPieceModel words,
      FastNormalizerModel normalizer) {
    this(vocabulary, spec, normalizer.table(words.punctuation()));
  }

  /** A WordPiece tokenizer that sees code points as {@code table} does. */
  BertTokenizer(Vocabulary vocabulary, TokenizerSpec spec, CodepointTable table) {
    this.rows = new RowBuilder(spec.rows(), vocabulary.size());
    WordPieces pieces =
        new WordPieces(
            vocabulary.trie(), spec.suffixIndicator(), unknownId(vocabulary, spec.unknownToken()));
    Supplier<TextEncoder> splitters =
        switch (spec.operations()) {
          case CLASSIC, FAST, HUGGING_FACE ->
              () -> new WordSplitter(table, pieces, spec.maxBytesPerWord(), WordBuffer.of(spec));
          case WORDS, SPACES -> () -> new PlainWordSplitter(table, pieces, spec);
        };
    this.workspaces = workspaces(splitters, rows);
  }

  /** A SentencePiece tokenizer. Cheap; several tokenizers may share the model. */
  public BertTokenizer(SentencePieceModel model, SentencePieceSpec spec) {
    this.rows = new RowBuilder(spec.rows(), model.size() + spec.ids().shift());
    this.workspaces = workspaces(() -> new SentenceSplitter(model, spec), rows);
  }

  /** A byte-pair tokenizer of the words of {@code split}. */
  public BertTokenizer(BytePairModel model, WordSplit split, RowTemplate template) {
    this.rows = new RowBuilder(template, model.size());
    TextEncoder words =
        (text, ids) ->
            split
                .words(text)
                .takeWhile(word -> !ids.isFull())
                .forEachOrdered(word -> model.add(word, ids));
    this.workspaces = workspaces(() -> words, rows);
  }

  private static ThreadLocal<Workspace> workspaces(
      Supplier<TextEncoder> encoders, RowBuilder rows) {
    return ThreadLocal.withInitial(() -> new Workspace(encoders.get(), rows.mostOfText()));
  }

  private static int unknownId(Vocabulary vocabulary, String unknownToken) {
    int id = vocabulary.id(unknownToken);
    if (id < 0) {
      throw new IllegalArgumentException(
          "unknownToken: " + unknownToken + " (expected: a token of the vocabulary)");
    }
    return id;
  }

  @Override
  public TokenIds tokenize(String text) {
    return rows.row(workspaces.get().first(text));
  }

  @Override
  public TokenIds tokenize(String first, String second) {
    Workspace workspace = workspaces.get();
    return rows.row(workspace.first(first), workspace.second(second));
  }

  /** What one thread needs to tokenize. */
  private static final class Workspace {

    private final TextEncoder encoder;
    private final IdBuffer first;
    private final IdBuffer second;

    Workspace(TextEncoder encoder, int mostIds) {
      this.encoder = encoder;
      this.first = new IdBuffer(mostIds);
      this.second = new IdBuffer(mostIds);
    }

    IdBuffer first(String text) {
      return fill(first, text);
    }

    IdBuffer second(String text) {
      return fill(second, text);
    }

    private IdBuffer fill(IdBuffer ids, String text) {
      ids.clear();
      encoder.add(text, ids);
      return ids;
    }
  }
}
