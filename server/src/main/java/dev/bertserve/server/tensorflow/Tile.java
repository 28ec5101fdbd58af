package dev.bertserve.server.tensorflow;

import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of like length that run together. */
final class Tile {

  /** Lengths are rounded up to multiples of it, so that few shapes are ever seen. */
  private static final int LENGTH_STEP = 8;

  private final List<TokenIds> batch;
  private final int[] places;
  private final int length;

  private Tile(List<TokenIds> batch, int[] places, int length) {
    this.batch = batch;
    this.places = places;
    this.length = length;
  }

  int rows() {
    return places.length;
  }

  /** Tokens in each row, padding included. */
  int length() {
    return length;
  }

  TokenIds row(int index) {
    return batch.get(places[index]);
  }

  /** Where row {@code index} stands in the batch. */
  int place(int index) {
    return places[index];
  }

  /**
   * Cuts a batch: longest rows first, each tile as many rows as {@code maxTokens} holds, one at
   * least.
   */
  static List<Tile> cut(List<TokenIds> batch, int maxTokens) {
    int[] places = byLength(batch);
    List<Tile> tiles = new ArrayList<>();
    int next = 0;
    while (next < places.length) {
      int longest = batch.get(places[next]).length();
      int length = (longest + LENGTH_STEP - 1) / LENGTH_STEP * LENGTH_STEP;
      int count = Math.min(Math.max(1, maxTokens / length), places.length - next);
      tiles.add(new Tile(batch, Arrays.copyOfRange(places, next, next + count), length));
      next += count;
    }
    return tiles;
  }

  /** Places in the batch, longest row first; a counting sort, since lengths are small numbers. */
  private static int[] byLength(List<TokenIds> batch) {
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
