package dev.bertserve.server.serving.admission;

/**
 * Memory of a response until it is written: all values as floats, and the piece that is being
 * encoded.
 *
 * @param rowValues number of values of one row, over all outputs
 * @param maxRowValues number of values of one row in the largest output
 */
public record ResponseSize(long rowValues, long maxRowValues) {

  /** Approximate size of an encoded piece. */
  static final int PIECE_BYTES = 1 << 16;

  /** Longest text of a value: sign, nine digits, point, exponent and comma. */
  static final int TEXT_BYTES = 16;

  /** JVMs cannot allocate arrays of the last few lengths. */
  private static final int MAX_ARRAY_LENGTH = Integer.MAX_VALUE - 8;

  /** {@code rowSizes} are the numbers of values in one row of each output. */
  public static ResponseSize of(int... rowSizes) {
    long rowValues = 0;
    long max = 0;
    for (int size : rowSizes) {
      rowValues += size;
      max = Math.max(max, size);
    }
    return new ResponseSize(rowValues, max);
  }

  /** Bytes of a response of {@code rows} rows. */
  public long bytes(int rows) {
    long values = rows * rowValues;
    return Float.BYTES * values + Math.min(PIECE_BYTES, TEXT_BYTES * values);
  }

  /**
   * Largest number of rows, at most {@code limit}, whose response fits in {@code maxBytes} and in
   * arrays.
   */
  public int rowsWithin(long maxBytes, int limit) {
    if (rowValues == 0) {
      return limit;
    }
    long whole = maxBytes / ((Float.BYTES + TEXT_BYTES) * rowValues);
    long inPieces = (maxBytes - PIECE_BYTES) / (Float.BYTES * rowValues);
    long inArrays = MAX_ARRAY_LENGTH / maxRowValues;
    return (int) Math.min(limit, Math.min(Math.max(whole, inPieces), inArrays));
  }
}
