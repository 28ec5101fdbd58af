package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows of like length, each padded to the longest one's class. */
final class PaddedTiles implements Tiling {

  private final ShapeClasses classes;

  PaddedTiles(ShapeClasses classes) {
    this.classes = classes;
  }

  @Override
  public List<TileShape> shapes() {
    return classes.ofRows();
  }

  /** Longest rows first, into the tiles that cost least together. */
  @Override
  public List<Tile> cut(List<TokenIds> batch, int... places) {
    int[] counts = cheapestCounts(batch, places);
    List<Tile> tiles = new ArrayList<>();
    for (int from = 0; from < places.length; ) {
      TileShape shape =
          new TileShape(counts[from], classes.length(batch.get(places[from]).length()));
      int to = Math.min(places.length, from + shape.rows());
      int[] starts = new int[to - from];
      int[] answers = new int[to - from];
      for (int i = 0; i < answers.length; i++) {
        starts[i] = i * shape.length();
        answers[i] = i;
      }
      tiles.add(new Tile(batch, Arrays.copyOfRange(places, from, to), starts, answers, shape));
      from = to;
    }
    return tiles;
  }

  /** For each row, how many rows a tile that starts with it has, padding included. */
  private int[] cheapestCounts(List<TokenIds> batch, int[] places) {
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
}
