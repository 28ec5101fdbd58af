package dev.bertserve.tokenizer;

/**
 * All options, beside the SentencePiece model, that affect ids.
 *
 * @param lowerCase whether text is NFD normalised, then stripped of Mn marks, then NFKC case folded
 *     before segmentation
 * @param startId id of [CLS], before the first text
 * @param endId id of [SEP], after each text
 * @param sequenceLength maximum number of ids of a row, start and end ids included
 */
public record SentencePieceSpec(boolean lowerCase, int startId, int endId, int sequenceLength) {

  public SentencePieceSpec {
    if (sequenceLength < 3) {
      throw new IllegalArgumentException("sequenceLength: " + sequenceLength + " (expected: >= 3)");
    }
  }
}
