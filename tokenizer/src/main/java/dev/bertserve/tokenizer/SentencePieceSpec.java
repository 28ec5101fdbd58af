package dev.bertserve.tokenizer;

/**
 * Every choice, beside the SentencePiece model, that can change an id.
 *
 * @param lowerCase whether text is NFD normalised, then stripped of Mn marks, then NFKC case folded
 *     before the model sees it
 * @param startId id put before the first text, of [CLS]
 * @param endId id put after each text, of [SEP]
 * @param sequenceLength most ids of one row, start and end ids included
 */
public record SentencePieceSpec(boolean lowerCase, int startId, int endId, int sequenceLength) {

  public SentencePieceSpec {
    if (sequenceLength < 3) {
      throw new IllegalArgumentException("sequenceLength: " + sequenceLength + " (expected: >= 3)");
    }
  }
}
