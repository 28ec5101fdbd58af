package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/** Rows that run together, and where each of them stands in the shape that they are padded to. */
final class Tile {

  private final List<TokenIds> batch;
  private final int[] places;
  private final int[] starts;
  private final int[] answers;
  private final TileShape shape;

  /**
   * Rows of {@code batch}, given by their places in it.
   *
   * @param starts index of each row's first token among the tile's tokens
   * @param answers index of each row's answer among the tile's answers
   */
  Tile(List<TokenIds> batch, int[] places, int[] starts, int[] answers, TileShape shape) {
    this.batch = batch;
    this.places = places;
    this.starts = starts;
    this.answers = answers;
    this.shape = shape;
  }

  /** Nothing but padding. */
  static Tile blank(TileShape shape) {
    return new Tile(List.of(), new int[0], new int[0], new int[0], shape);
  }

  /** Rows of the batch; the shape may have room for more. */
  int rows() {
    return places.length;
  }

  TileShape shape() {
    return shape;
  }

  TokenIds row(int index) {
    return batch.get(places[index]);
  }

  /** Where row {@code index} stands in the batch. */
  int place(int index) {
    return places[index];
  }

  /** Index of the first token of row {@code index} among the tile's tokens. */
  int start(int index) {
    return starts[index];
  }

  /** Index of the answer to row {@code index} among the tile's answers. */
  int answer(int index) {
    return answers[index];
  }

  /** Places in {@code batch}, longest row first; a counting sort, since lengths are small. */
  static int[] longestFirst(List<TokenIds> batch) {
    int longest = 0;
    for (TokenIds row : batch) {
      longest = Math.max(longest, row.length());
    }
    int[] starts = new int[longest + 2];
    for (TokenIds row : batch) {
      starts[longest - row.length() + 1]++;
    }
    for (int i = 1; i < starts.length; i++) {
      starts[i] += starts[i - 1];
    }
    int[] places = new int[batch.size()];
    for (int place = 0; place < places.length; place++) {
      places[starts[longest - batch.get(place).length()]++] = place;
    }
    return places;
  }
}
