package dev.bertserve.server.inference;

/**
 * What a model runs at once.
 *
 * @param rows at least 1
 * @param length tokens of each row, padding included
 */
public record TileShape(int rows, int length) {

  public int tokens() {
    return rows * length;
  }
}
