package dev.bertserve.server.savedmodel;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a user says of a model that takes token ids, so that it takes text.
 *
 * @param vocabulary a token a line; empty for the one among the model's own assets
 * @param lowerCase whether text is lower-cased and stripped of marks; empty to ask the model
 * @param sequenceLength most ids of one row; empty to ask the model
 */
public record AddedTokenizer(
    Optional<Path> vocabulary, Optional<Boolean> lowerCase, OptionalInt sequenceLength) {

  /** As long as the rows of BERT's own preprocessing. */
  static final int DEFAULT_LENGTH = 128;

  public AddedTokenizer {
    if (sequenceLength.isPresent() && sequenceLength.getAsInt() < 3) {
      throw new IllegalArgumentException(
          "sequence-length: " + sequenceLength.getAsInt() + " (expected: >= 3)");
    }
  }
}
