package dev.bertserve.server.serving.admission;

/**
 * Memory that the answers of a request take until they are written: all values as floats, and the
 * piece of them that is being encoded.
 *
 * @param rowValues values of one row, over all outputs
 * @param mostRowValues values of one row in the largest output
 */
public record AnswerSize(long rowValues, long mostRowValues) {

  /** Answers are encoded in pieces of about this size. */
  static final int PIECE_BYTES = 1 << 16;

  /** Most that one value takes as text: sign, nine digits, point, exponent and comma. */
  static final int TEXT_BYTES = 16;

  /** JVMs do not allocate arrays of the last few lengths. */
  private static final int MOST_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  /** {@code rowSizes} are the values in one row of each output. */
  public static AnswerSize of(int... rowSizes) {
    long rowValues = 0;
    long most = 0;
    for (int size : rowSizes) {
      rowValues += size;
      most = Math.max(most, size);
    }
    return new AnswerSize(rowValues, most);
  }

  /** Bytes of the answers to {@code rows} rows. */
  public long bytes(int rows) {
    long values = rows * rowValues;
    return Float.BYTES * values + Math.min(PIECE_BYTES, TEXT_BYTES * values);
  }

  /** Rows, at most {@code most}, whose answers fit in {@code maxBytes} and in arrays. */
  public int rowsWithin(long maxBytes, int most) {
    if (rowValues == 0) {
      return most;
    }
    long whole = maxBytes / ((Float.BYTES + TEXT_BYTES) * rowValues);
    long inPieces = (maxBytes - PIECE_BYTES) / (Float.BYTES * rowValues);
    long inArrays = MOST_ARRAY_LENGTH / mostRowValues;
    return (int) Math.min(most, Math.min(Math.max(whole, inPieces), inArrays));
  }
}
