package dev.bertserve.tokenizer;

/**
 * Text in, token ids out, as TensorFlow Text gives them. Immutable; any thread.
 *
 * <p>An unpaired surrogate counts as the three bytes that UTF-8 would make of it, which is what
 * Python's {@code surrogatepass} hands to TensorFlow. Each thread that tokenizes keeps a small
 * buffer.
 */
public final class BertTokenizer {

  private final TokenizerSpec spec;
  private final ThreadLocal<Workspace> workspaces;

  /** Builds the lookup structures; takes milliseconds for a vocabulary of BERT's size. */
  public BertTokenizer(Vocabulary vocabulary, TokenizerSpec spec) {
    this.spec = spec;
    requireId("startId", spec.startId(), vocabulary);
    requireId("endId", spec.endId(), vocabulary);
    WordPieces pieces =
        new WordPieces(
            vocabulary.trie(), spec.suffixIndicator(), unknownId(vocabulary, spec.unknownToken()));
    this.workspaces = ThreadLocal.withInitial(() -> new Workspace(spec, pieces));
  }

  private static void requireId(String name, int id, Vocabulary vocabulary) {
    if (id < 0 || id >= vocabulary.size()) {
      throw new IllegalArgumentException(
          name + ": " + id + " (expected: 0 to " + (vocabulary.size() - 1) + ")");
    }
  }

  private static int unknownId(Vocabulary vocabulary, String unknownToken) {
    int id = vocabulary.id(unknownToken);
    if (id < 0) {
      throw new IllegalArgumentException(
          "unknownToken: " + unknownToken + " (expected: a token of the vocabulary)");
    }
    return id;
  }

  /** The ids of one text, cut to the sequence length. */
  public TokenIds tokenize(String text) {
    IdBuffer buffer = workspaces.get().first(text);
    int[] ids = new int[buffer.size() + 2];
    ids[0] = spec.startId();
    buffer.copyTo(ids, 1, buffer.size());
    ids[ids.length - 1] = spec.endId();
    return new TokenIds(ids, ids.length);
  }

  /** The ids of a pair of texts, trimmed round-robin to the sequence length. */
  public TokenIds tokenize(String first, String second) {
    Workspace workspace = workspaces.get();
    IdBuffer firstIds = workspace.first(first);
    IdBuffer secondIds = workspace.second(second);
    int budget = spec.sequenceLength() - 3;
    int firstLength = firstShare(budget, firstIds.size(), secondIds.size());
    int secondLength = Math.min(secondIds.size(), budget - firstLength);
    int[] ids = new int[firstLength + secondLength + 3];
    ids[0] = spec.startId();
    firstIds.copyTo(ids, 1, firstLength);
    ids[firstLength + 1] = spec.endId();
    secondIds.copyTo(ids, firstLength + 2, secondLength);
    ids[ids.length - 1] = spec.endId();
    return new TokenIds(ids, firstLength + 2);
  }

  /** What the first text gets when both take from {@code budget} in turn, one id each. */
  private static int firstShare(int budget, int first, int second) {
    int half = (budget + 1) / 2;
    return Math.min(first, Math.max(half, budget - second));
  }

  /** What one thread needs to tokenize. */
  private static final class Workspace {

    private final WordSplitter splitter;
    private final IdBuffer first;
    private final IdBuffer second;

    Workspace(TokenizerSpec spec, WordPieces pieces) {
      CodepointTable table = CodepointTable.of(spec.lowerCase());
      this.splitter = new WordSplitter(table, pieces, spec.maxBytesPerWord());
      this.first = new IdBuffer(spec.sequenceLength() - 2);
      this.second = new IdBuffer(spec.sequenceLength() - 2);
    }

    IdBuffer first(String text) {
      return fill(first, text);
    }

    IdBuffer second(String text) {
      return fill(second, text);
    }

    private IdBuffer fill(IdBuffer ids, String text) {
      ids.clear();
      splitter.add(text, ids);
      return ids;
    }
  }
}
