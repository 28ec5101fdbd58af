package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.preprocessing.VocabularyLines;
import dev.bertserve.tokenizer.TokenizerSpec;
import dev.bertserve.tokenizer.Vocabulary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * BERT's usual tokenizer, for a model that takes token ids: the vocabulary and the case from what
 * encoders of TensorFlow Hub carry, or from what the user says.
 */
final class StandardTokenizer {

  private static final String VOCABULARY = "vocab_file";
  private static final String LOWER_CASE = "do_lower_case";
  private static final String SUFFIX_INDICATOR = "##";
  private static final String UNKNOWN = "[UNK]";
  private static final String START = "[CLS]";
  private static final String END = "[SEP]";
  private static final String PADDING = "[PAD]";
  private static final int MAX_BYTES_PER_WORD = 100;

  private StandardTokenizer() {}

  static TokenSource of(AddedTokenizer added, int length, SavedModel model, Checkpoint checkpoint)
      throws IOException {
    Path file =
        added
            .vocabulary()
            .or(() -> model.assetNamed(VOCABULARY))
            .orElseThrow(
                () ->
                    new UnsupportedModelException(
                        model.folder()
                            + ": no asset called "
                            + VOCABULARY
                            + " (expected: --vocabulary FILE)"));
    if (!Files.isRegularFile(file)) {
      throw new UnsupportedModelException("vocabulary: " + file + " (expected: a file)");
    }
    Optional<Boolean> lowerCase = added.lowerCase();
    if (lowerCase.isEmpty()) {
      lowerCase = checkpoint.flag(LOWER_CASE);
    }
    if (lowerCase.isEmpty()) {
      throw new UnsupportedModelException(
          model.folder()
              + ": no variable called "
              + LOWER_CASE
              + " (expected: --lower-case true or false)");
    }
    Vocabulary tokens = read(file);
    if (id(tokens, PADDING, file) != 0) {
      throw new UnsupportedModelException(
          "vocabulary "
              + file.getFileName()
              + ": "
              + PADDING
              + " "
              + tokens.id(PADDING)
              + " (expected: 0)");
    }
    id(tokens, UNKNOWN, file);
    return new TokenSource.WordPiece(
        VocabularyLines.read(file),
        new TokenizerSpec(
            lowerCase.get(),
            UNKNOWN,
            SUFFIX_INDICATOR,
            MAX_BYTES_PER_WORD,
            id(tokens, START, file),
            id(tokens, END, file),
            length));
  }

  private static Vocabulary read(Path file) throws IOException {
    try {
      return Vocabulary.read(file);
    } catch (IllegalArgumentException e) {
      throw new UnsupportedModelException(
          "vocabulary " + file.getFileName() + ": " + e.getMessage(), e);
    }
  }

  private static int id(Vocabulary tokens, String token, Path file) {
    int id = tokens.id(token);
    if (id < 0) {
      throw new UnsupportedModelException(
          "vocabulary " + file.getFileName() + ": no " + token + " (expected: BERT's tokens)");
    }
    return id;
  }
}
