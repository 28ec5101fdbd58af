package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of like length that run together, in the shape that they are padded to. */
final class Tile {

  private final List<TokenIds> batch;
  private final int[] places;
  private final TileShape shape;

  private Tile(List<TokenIds> batch, int[] places, TileShape shape) {
    this.batch = batch;
    this.places = places;
    this.shape = shape;
  }

  /** Nothing but padding. */
  static Tile blank(TileShape shape) {
    return new Tile(List.of(), new int[0], shape);
  }

  /** Rows of the batch; the shape may have more. */
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

  /** Cuts a batch, longest rows first, into the tiles that cost least together. */
  static List<Tile> cut(List<TokenIds> batch, ShapeClasses classes) {
    int[] places = byLength(batch);
    int[] counts = cheapestCounts(batch, places, classes);
    List<Tile> tiles = new ArrayList<>();
    for (int start = 0; start < places.length; ) {
      TileShape shape =
          new TileShape(counts[start], classes.length(batch.get(places[start]).length()));
      int end = Math.min(places.length, start + shape.rows());
      tiles.add(new Tile(batch, Arrays.copyOfRange(places, start, end), shape));
      start = end;
    }
    return tiles;
  }

  /** For each row, how many rows a tile that starts with it has, padding included. */
  private static int[] cheapestCounts(List<TokenIds> batch, int[] places, ShapeClasses classes) {
    int[] counts = new int[places.length];
    int[] costs = new int[places.length + 1];
    for (int start = places.length - 1; start >= 0; start--) {
      int length = classes.length(batch.get(places[start]).length());
      costs[start] = Integer.MAX_VALUE;
      for (int count : classes.rows(length)) {
        int end = Math.min(places.length, start + count);
        int cost = classes.tileCost() + count * length + costs[end];
        if (cost <= costs[start]) {
          costs[start] = cost;
          counts[start] = count;
        }
      }
    }
    return counts;
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
