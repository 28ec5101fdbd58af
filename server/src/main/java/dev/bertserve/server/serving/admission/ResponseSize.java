package dev.bertserve.server.serving.admission;

/**
 * Memory of a response until it is written: all values, and the piece that is being encoded.
 *
 * @param rowBytes memory of the values of one row, over all outputs
 * @param rowEncodedBytes most that they take when encoded
 * @param maxRowValues number of values of one row in the largest output
 */
public record ResponseSize(long rowBytes, long rowEncodedBytes, long maxRowValues) {

  /** Size without any output. */
  public static final ResponseSize NONE = new ResponseSize(0, 0, 0);

  /** Approximate size of an encoded piece. */
  static final int PIECE_BYTES = 1 << 16;

  /** JVMs cannot allocate arrays of the last few lengths. */
  private static final int MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  /**
   * With one more output.
   *
   * @param rowSize number of its values in one row
   * @param valueBytes memory of a value
   * @param encodedBytes most that a value takes when encoded
   */
  public ResponseSize plus(int rowSize, long valueBytes, long encodedBytes) {
    return new ResponseSize(
        rowBytes + rowSize * valueBytes,
        rowEncodedBytes + rowSize * encodedBytes,
        Math.max(maxRowValues, rowSize));
  }

  /** Bytes of a response of {@code rows} rows. */
  public long bytes(int rows) {
    return rows * rowBytes + Math.min(PIECE_BYTES, rows * rowEncodedBytes);
  }

  /**
   * Largest number of rows, at most {@code limit}, whose response fits in {@code maxBytes} and in
   * arrays.
   */
  public int rowsWithin(long maxBytes, int limit) {
    if (rowBytes == 0 || maxRowValues == 0) {
      return limit;
    }
    long whole = maxBytes / (rowBytes + rowEncodedBytes);
    long inPieces = (maxBytes - PIECE_BYTES) / rowBytes;
    long inArrays = MAX_ARRAY_LENGTH / maxRowValues;
    return (int) Math.min(limit, Math.min(Math.max(whole, inPieces), inArrays));
  }
}
