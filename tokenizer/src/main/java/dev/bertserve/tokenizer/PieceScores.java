package dev.bertserve.tokenizer;

/** What each piece of a SentencePiece model adds to the score of a way. Immutable. */
final class PieceScores {

  private final SentencePieceFile file;
  private final float highest;
  private final float unknown;

  PieceScores(SentencePieceFile file) {
    this.file = file;
    float lowest = Float.MAX_VALUE;
    float highest = Float.MIN_NORMAL; // where SentencePiece starts too
    for (int id = 0; id < file.tokens().size(); id++) {
      if (file.type(id) == SentencePieceFile.NORMAL) {
        lowest = Math.min(lowest, file.score(id));
        highest = Math.max(highest, file.score(id));
      }
    }
    this.highest = highest;
    this.unknown = lowest - 10.0f;
  }

  /** The score of the piece {@code id}, which has {@code length} bytes. */
  double of(int id, int length) {
    return file.type(id) == SentencePieceFile.USER_DEFINED
        ? length * highest - 0.1
        : file.score(id);
  }

  /** The score of a code point that is no piece. */
  float unknown() {
    return unknown;
  }
}
