package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Rows of any length, one behind the other in sequences of one length, so that little is left to
 * pad: a full tile, as long as there are rows for one, then the smallest that holds the rest.
 */
final class PackedTiles implements Tiling {

  private final List<TileShape> largestFirst;
  private final List<TileShape> smallestFirst;

  PackedTiles(ShapeClasses classes) {
    largestFirst = classes.ofSequences();
    smallestFirst = new ArrayList<>(largestFirst);
    smallestFirst.sort(Comparator.comparingInt(TileShape::tokens));
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

  private Packing next(List<TokenIds> batch, int[] places) {
    int longest = batch.get(places[0]).length();
    int tokens = 0;
    for (int place : places) {
      tokens += batch.get(place).length();
    }
    for (TileShape shape : smallestFirst) {
      if (shape.length() >= longest && shape.tokens() >= tokens && shape.rows() >= places.length) {
        Packing packing = new Packing(batch, places, shape);
        if (packing.left().length == 0) {
          return packing;
        }
      }
    }
    return new Packing(batch, places, largest(longest));
  }

  private TileShape largest(int length) {
    for (TileShape shape : largestFirst) {
      if (shape.length() >= length) {
        return shape;
      }
    }
    throw new IllegalArgumentException(
        "length: " + length + " (expected: at most " + largestFirst.get(0).length() + ")");
  }

  /** As many rows as a shape holds, the longest first, each in the first sequence that has room. */
  private static final class Packing {

    private final List<TokenIds> batch;
    private final TileShape shape;
    private final int[] tokens;
    private final int[] rows;
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
      rows[sequence]++;
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
