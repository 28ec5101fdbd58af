package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * Rows of any length, one behind the other in sequences of one length, so that little is left to
 * pad: tile after tile, each in the shape that its rows fill best.
 */
final class PackedTiles implements Tiling {

  /** Tokens that cost as much as one slot: of twelve layers or so, the last works on slots. */
  private static final double SLOT_COST = 1 / 16.0;

  private final ShapeClasses classes;
  private final List<TileShape> largestFirst;
  private final TileShape[] smallestFirst;

  PackedTiles(ShapeClasses classes) {
    this.classes = classes;
    largestFirst = classes.ofSequences();
    smallestFirst =
        largestFirst.stream()
            .sorted(Comparator.comparingInt(TileShape::tokens))
            .toArray(TileShape[]::new);
  }

  @Override
  public List<TileShape> shapes() {
    return largestFirst;
  }

  @Override
  public List<Tile> cut(List<TokenIds> batch, int... places) {
    List<Tile> tiles = new ArrayList<>();
    int[] longestFirst = places;
    // Whoever formed the batch may have put together what fills sequences.
    int[] asTheyCome = places.clone();
    Arrays.sort(asTheyCome);
    while (longestFirst.length > 0) {
      Packing packing = fullest(batch, longestFirst, asTheyCome);
      tiles.add(packing.tile());
      longestFirst = packing.without(longestFirst);
      asTheyCome = packing.without(asTheyCome);
    }
    return tiles;
  }

  /** Of all shapes and both orders. */
  private Packing fullest(List<TokenIds> batch, int[] longestFirst, int[] asTheyCome) {
    int leastLength = classes.length(batch.get(longestFirst[0]).length());
    int tokens = 0;
    for (int place : longestFirst) {
      tokens += batch.get(place).length();
    }
    Packing best = null;
    double mostFull = 0;
    // From the smallest that may hold all upwards, then downwards: the first is often the best.
    int first = firstOf(tokens);
    for (int i = 0; i < smallestFirst.length; i++) {
      int upwards = first + i;
      TileShape shape =
          smallestFirst[upwards < smallestFirst.length ? upwards : smallestFirst.length - 1 - i];
      double cost = shape.tokens() + classes.tileCost() + SLOT_COST * shape.rows();
      for (int[] places : List.of(asTheyCome, longestFirst)) {
        boolean canBeFuller = Math.min(tokens, shape.tokens()) / cost > mostFull;
        if (canBeFuller && shape.length() >= leastLength) {
          Packing packing = new Packing(batch, places, shape);
          if (packing.tokens() / cost > mostFull) {
            best = packing;
            mostFull = packing.tokens() / cost;
          }
        }
      }
    }
    return Objects.requireNonNull(best);
  }

  /** Where the first shape of as many {@code tokens} is. */
  private int firstOf(int tokens) {
    int first = 0;
    while (first < smallestFirst.length && smallestFirst[first].tokens() < tokens) {
      first++;
    }
    return first;
  }

  /** As many rows as a shape holds, in some order, each in the first sequence that has room. */
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

    Packing(List<TokenIds> batch, int[] places, TileShape shape) {
      this.batch = batch;
      this.shape = shape;
      tokens = new int[shape.sequences()];
      rows = new int[shape.sequences()];
      packed = new int[Math.min(places.length, shape.rows())];
      starts = new int[packed.length];
      answers = new int[packed.length];
      for (int place : places) {
        int length = batch.get(place).length();
        int sequence = firstWithRoom(length);
        if (sequence >= 0) {
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

    /** Those of {@code places} that found no room. */
    int[] without(int[] places) {
      boolean[] isPacked = new boolean[batch.size()];
      for (int i = 0; i < packedRows; i++) {
        isPacked[packed[i]] = true;
      }
      return Arrays.stream(places).filter(place -> !isPacked[place]).toArray();
    }
  }
}
