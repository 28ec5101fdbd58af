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

  private final int startId;
  private final int endId;
  private final int sequenceLength;
  private final ThreadLocal<Workspace> workspaces;

  /** A WordPiece tokenizer. Cheap; several tokenizers may share the vocabulary. */
  public BertTokenizer(Vocabulary vocabulary, TokenizerSpec spec) {
    this.startId = requireId("startId", spec.startId(), vocabulary.size());
    this.endId = requireId("endId", spec.endId(), vocabulary.size());
    this.sequenceLength = spec.sequenceLength();
    CodepointTable table = CodepointTable.of(spec);
    WordPieces pieces =
        new WordPieces(
            vocabulary.trie(), spec.suffixIndicator(), unknownId(vocabulary, spec.unknownToken()));
    Supplier<TextEncoder> splitters =
        switch (spec.operations()) {
          case CLASSIC, FAST, HUGGING_FACE ->
              () -> new WordSplitter(table, pieces, spec.maxBytesPerWord(), WordBuffer.of(spec));
          case WORDS -> () -> new PlainWordSplitter(table, pieces, spec);
        };
    this.workspaces = workspaces(splitters, sequenceLength);
  }

  /** A SentencePiece tokenizer. Cheap; several tokenizers may share the model. */
  public BertTokenizer(SentencePieceModel model, SentencePieceSpec spec) {
    this.startId = requireId("startId", spec.startId(), model.size());
    this.endId = requireId("endId", spec.endId(), model.size());
    this.sequenceLength = spec.sequenceLength();
    this.workspaces =
        workspaces(() -> new SentenceSplitter(model, spec.lowerCase()), sequenceLength);
  }

  private static ThreadLocal<Workspace> workspaces(
      Supplier<TextEncoder> encoders, int sequenceLength) {
    return ThreadLocal.withInitial(() -> new Workspace(encoders.get(), sequenceLength));
  }

  private static int requireId(String name, int id, int size) {
    if (id < 0 || id >= size) {
      throw new IllegalArgumentException(name + ": " + id + " (expected: 0 to " + (size - 1) + ")");
    }
    return id;
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
    IdBuffer buffer = workspaces.get().first(text);
    int[] ids = new int[buffer.size() + 2];
    ids[0] = startId;
    buffer.copyTo(ids, 1, buffer.size());
    ids[ids.length - 1] = endId;
    return new TokenIds(ids, ids.length);
  }

  /** A pair is truncated round-robin. */
  @Override
  public TokenIds tokenize(String first, String second) {
    Workspace workspace = workspaces.get();
    IdBuffer firstIds = workspace.first(first);
    IdBuffer secondIds = workspace.second(second);
    int budget = sequenceLength - 3;
    int firstLength = firstShare(budget, firstIds.size(), secondIds.size());
    int secondLength = Math.min(secondIds.size(), budget - firstLength);
    int[] ids = new int[firstLength + secondLength + 3];
    ids[0] = startId;
    firstIds.copyTo(ids, 1, firstLength);
    ids[firstLength + 1] = endId;
    secondIds.copyTo(ids, firstLength + 2, secondLength);
    ids[ids.length - 1] = endId;
    return new TokenIds(ids, firstLength + 2);
  }

  /** What the first text gets when both take from {@code budget} in turn, one id each. */
  private static int firstShare(int budget, int first, int second) {
    int half = (budget + 1) / 2;
    return Math.min(first, Math.max(half, budget - second));
  }

  /** What one thread needs to tokenize. */
  private static final class Workspace {

    private final TextEncoder encoder;
    private final IdBuffer first;
    private final IdBuffer second;

    Workspace(TextEncoder encoder, int sequenceLength) {
      this.encoder = encoder;
      this.first = new IdBuffer(sequenceLength - 2);
      this.second = new IdBuffer(sequenceLength - 2);
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
