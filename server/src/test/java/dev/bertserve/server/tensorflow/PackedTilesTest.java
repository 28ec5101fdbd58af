package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import dev.bertserve.tokenizer.TokenIds;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PackedTilesTest {

  private static final PackedTiles TILES = tiles(128, TileRule.OF_CPUS);

  @Test
  void cut_oneRow_isPaddedToItsLengthClass() {
    assertThat(TILES.cut(rows(21)))
        .extracting(Tile::shape)
        .containsExactly(new TileShape(1, 24, 3));
  }

  @Test
  void cut_rowsOfManyLengths_shareTheSmallestShape() {
    List<Tile> tiles = TILES.cut(rows(20, 100, 28, 90, 17));

    assertThat(tiles).extracting(Tile::shape).containsExactly(new TileShape(2, 128, 4));
    Tile tile = tiles.get(0);
    assertThat(places(tile)).containsExactly(1, 3, 2, 0, 4);
    assertThat(starts(tile)).containsExactly(0, 128, 100, 128 + 90, 128 + 110);
    assertThat(IntStream.range(0, 5).map(tile::answer)).containsExactly(0, 4, 1, 5, 6);
  }

  @Test
  void cut_rowsThatDoNotFillEachOthersGaps_takeSequencesOfTheirLength() {
    assertThat(TILES.cut(rows(70, 70, 70)))
        .extracting(Tile::shape)
        .containsExactly(new TileShape(3, 80, 2));
    assertThat(TILES.cut(Collections.nCopies(20, TokenRows.row(45))))
        .extracting(Tile::shape)
        .containsExactly(new TileShape(5, 96, 3), new TileShape(5, 96, 3));
  }

  @Test
  void cut_rowsOfOneLength_areAtMostAQuarterPadding() {
    for (int length = 16; length <= 128; length++) {
      int padded =
          TILES.cut(Collections.nCopies(64, TokenRows.row(length))).stream()
              .mapToInt(tile -> tile.shape().tokens())
              .sum();
      assertThat(padded).as("length %d", length).isLessThanOrEqualTo(64 * length * 5 / 4);
    }
  }

  @Test
  void cut_rowsThatComeSequenceBySequence_stayThere() {
    // The longest first, 60 and 55 would share a sequence, and 28 would find no room.
    List<Tile> tiles = TILES.cut(rows(60, 40, 28, 55, 43, 30));

    assertThat(tiles).extracting(Tile::shape).containsExactly(new TileShape(2, 128, 4));
    assertThat(places(tiles.get(0))).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void cut_moreRowsThanATile_fillsOneBeforeTheNext() {
    assertThat(TILES.cut(Collections.nCopies(64, TokenRows.row(128))))
        .hasSize(16)
        .extracting(Tile::shape)
        .containsOnly(new TileShape(4, 128, 4));
    assertThat(TILES.cut(Collections.nCopies(33, TokenRows.row(16))))
        .extracting(Tile::rows)
        .containsExactly(32, 1);
  }

  @Test
  void cut_moreShortRowsThanASequenceHasRoomFor_goOnInTheNext() {
    List<Tile> tiles = TILES.cut(Collections.nCopies(80, TokenRows.row(4)));

    assertThat(tiles).extracting(Tile::rows).containsExactly(64, 16);
  }

  @Test
  void cut_rowBeyondTheSharedLength_runsInSequencesOfItsOwn() {
    PackedTiles ofLongModel = tiles(512, TileRule.OF_CPUS);

    assertThat(ofLongModel.cut(rows(300, 15)))
        .extracting(Tile::shape)
        .containsExactly(new TileShape(1, 320, 10));
    assertThat(tiles(512, TileRule.OF_CPUS.atMost(64)).cut(rows(300, 15)))
        .extracting(Tile::shape)
        .containsExactly(new TileShape(1, 320, 1), new TileShape(1, 16, 2));
  }

  @Test
  void cut_rowLongerThanTheModels_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> tiles(64, TileRule.OF_CPUS).cut(rows(65)))
        .withMessage("length: 65 (expected: at most 64)");
  }

  @Test
  void cut_anyBatch_holdsEachRowOnceInRoomOfItsOwn() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      PackedTiles tiles =
          tiles(
              120 + random.nextInt(200),
              (random.nextBoolean() ? TileRule.OF_CPUS : TileRule.OF_GPUS)
                  .atMost(8 + random.nextInt(2_000)));
      Set<TileShape> known = Set.copyOf(tiles.shapes());
      int rows = 1 + random.nextInt(100);
      List<TokenIds> batch = TokenRows.random(random, rows, 118);
      BitSet seen = new BitSet();
      for (Tile tile : tiles.cut(batch)) {
        assertThat(known).as("seed %d", seed).contains(tile.shape());
        assertApart(tile, seed);
        for (int place : places(tile)) {
          assertThat(seen.get(place)).as("seed %d", seed).isFalse();
          seen.set(place);
        }
      }
      assertThat(seen.cardinality()).as("seed %d", seed).isEqualTo(rows);
    }
  }

  @Test
  void cut_batchesOfShortTexts_areLessThanATwentiethPadding() {
    assertThat(TokenRows.padding(TILES)).isBetween(1.0, 1.05);
  }

  /** No token and no answer of the tile is two rows', and no row is in two sequences. */
  private static void assertApart(Tile tile, long seed) {
    TileShape shape = tile.shape();
    BitSet tokens = new BitSet();
    BitSet answers = new BitSet();
    for (int i = 0; i < tile.rows(); i++) {
      int from = tile.start(i);
      int to = from + tile.row(i).length();
      assertThat(tokens.get(from, to).cardinality()).as("seed %d", seed).isZero();
      tokens.set(from, to);
      assertThat(answers.get(tile.answer(i))).as("seed %d", seed).isFalse();
      answers.set(tile.answer(i));
      int sequence = from / shape.length();
      assertThat((to - 1) / shape.length()).as("seed %d", seed).isEqualTo(sequence);
      assertThat(tile.answer(i) / shape.rowsOfOne()).as("seed %d", seed).isEqualTo(sequence);
    }
    assertThat(tokens.length()).as("seed %d", seed).isLessThanOrEqualTo(shape.tokens());
  }

  private static int[] places(Tile tile) {
    return IntStream.range(0, tile.rows()).map(tile::place).toArray();
  }

  private static int[] starts(Tile tile) {
    return IntStream.range(0, tile.rows()).map(tile::start).toArray();
  }

  private static PackedTiles tiles(int most, TileRule rule) {
    return new PackedTiles(new ShapeClasses(new RowLengths(1, most), rule));
  }

  private static List<TokenIds> rows(int... lengths) {
    return Arrays.stream(lengths).mapToObj(TokenRows::row).toList();
  }
}
