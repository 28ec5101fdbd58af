package dev.bertserve.server.inference;

/**
 * What a model runs at once.
 *
 * @param sequences at least 1
 * @param length tokens of each sequence, padding included
 * @param rowsOfOne most rows that one sequence holds, one behind the other
 */
public record TileShape(int sequences, int length, int rowsOfOne) {

  /** Each row is a sequence of its own. */
  public TileShape(int rows, int length) {
    this(rows, length, 1);
  }

  public int tokens() {
    return sequences * length;
  }

  /** Most rows of all sequences. */
  public int rows() {
    return sequences * rowsOfOne;
  }
}
