package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of any length, one behind the other in sequences of one length, so that little is left to
 * pad: tile after tile, each in the shape that its rows fill best.
 */
final class PackedTiles implements Tiling {

  private final List<TileShape> largestFirst;
  private final int tileCost;

  PackedTiles(ShapeClasses classes) {
    largestFirst = classes.ofSequences();
    tileCost = classes.tileCost();
  }

  @Override
  public List<TileShape> shapes() {
    return largestFirst;
  }

  @Override
  public List<Tile> cut(List<TokenIds> batch, int... places) {
    List<Tile> tiles = new ArrayList<>();
    for (int[] left = places; left.length > 0; ) {
      Packing packing = next(batch, left);
      tiles.add(packing.tile());
      left = packing.left();
    }
    return tiles;
  }

  /** The one that is fullest, one more tile taken for some padding. */
  private Packing next(List<TokenIds> batch, int[] places) {
    int longest = batch.get(places[0]).length();
    Packing best = null;
    double mostFull = 0;
    for (TileShape shape : largestFirst) {
      if (shape.length() >= longest) {
        Packing packing = new Packing(batch, places, shape);
        double full = packing.tokens() / (shape.tokens() + (double) tileCost);
        if (full > mostFull) {
          best = packing;
          mostFull = full;
        }
      }
    }
    if (best == null) {
      throw new IllegalArgumentException(
          "length: " + longest + " (expected: at most " + largestFirst.get(0).length() + ")");
    }
    return best;
  }

  /** As many rows as a shape holds, the longest first, each in the first sequence that has room. */
  private static final class Packing {

    private final List<TokenIds> batch;
    private final TileShape shape;
    private final int[] tokens;
    private final int[] rows;
    private int tokensOfAll;
    private final int[] packed;
    private final int[] starts;
    private final int[] answers;
    private int packedRows;
    private final int[] left;
    private int leftRows;

    Packing(List<TokenIds> batch, int[] places, TileShape shape) {
      this.batch = batch;
      this.shape = shape;
      tokens = new int[shape.sequences()];
      rows = new int[shape.sequences()];
      packed = new int[Math.min(places.length, shape.rows())];
      starts = new int[packed.length];
      answers = new int[packed.length];
      left = new int[places.length];
      for (int place : places) {
        int length = batch.get(place).length();
        int sequence = firstWithRoom(length);
        if (sequence < 0) {
          left[leftRows++] = place;
        } else {
          put(place, length, sequence);
        }
      }
    }

    private int firstWithRoom(int length) {
      for (int i = 0; i < tokens.length; i++) {
        if (tokens[i] + length <= shape.length() && rows[i] < shape.rowsOfOne()) {
          return i;
        }
      }
      return -1;
    }

    private void put(int place, int length, int sequence) {
      packed[packedRows] = place;
      starts[packedRows] = sequence * shape.length() + tokens[sequence];
      answers[packedRows] = sequence * shape.rowsOfOne() + rows[sequence];
      packedRows++;
      tokens[sequence] += length;
      tokensOfAll += length;
      rows[sequence]++;
    }

    int tokens() {
      return tokensOfAll;
    }

    Tile tile() {
      return new Tile(
          batch,
          Arrays.copyOf(packed, packedRows),
          Arrays.copyOf(starts, packedRows),
          Arrays.copyOf(answers, packedRows),
          shape);
    }

    /** Places of the rows that found no room, the longest first. */
    int[] left() {
      return Arrays.copyOf(left, leftRows);
    }
  }
}
