package dev.bertserve.tokenizer;

/**
 * The ids that a model gives the pieces of SentencePiece: one piece is replaced, then all ids are
 * shifted.
 *
 * @param replaced the piece that is replaced
 * @param by the piece in its place
 * @param shift what is added
 */
public record PieceIds(int replaced, int by, int shift) {

  /** Those of SentencePiece. */
  public static final PieceIds OWN = new PieceIds(0, 0, 0);

  /** The id of {@code piece}. */
  int of(int piece) {
    return shift + (piece == replaced ? by : piece);
  }
}
