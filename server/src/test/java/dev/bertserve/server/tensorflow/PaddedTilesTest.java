package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import dev.bertserve.tokenizer.TokenIds;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

final class PaddedTilesTest {

  private static final RowLengths LENGTHS = new RowLengths(1, 128);
  private static final PaddedTiles TILES = tiles(LENGTHS, TileRule.OF_CPUS);

  @Test
  void cut_mixedLengths_putsLikeLengthsTogetherLongestFirst() {
    List<Tile> tiles =
        TILES.cut(
            List.of(TokenRows.row(3), TokenRows.row(120), TokenRows.row(4), TokenRows.row(119)));

    assertThat(tiles)
        .extracting(Tile::shape)
        .containsExactly(new TileShape(2, 128), new TileShape(2, 16));
    assertThat(tiles.get(0).place(0)).isEqualTo(1);
    assertThat(tiles.get(1).place(1)).isEqualTo(0);
  }

  @Test
  void cut_rowLongerThanTheBudget_runsAlone() {
    assertThat(
            tiles(LENGTHS, TileRule.OF_CPUS.atMost(16))
                .cut(List.of(TokenRows.row(40), TokenRows.row(40))))
        .extracting(Tile::rows)
        .containsExactly(1, 1);
  }

  @Test
  void cut_oneRowShortOfAClass_addsARowOfPadding() {
    List<Tile> tiles = TILES.cut(Collections.nCopies(31, TokenRows.row(16)));

    assertThat(tiles).extracting(Tile::shape).containsExactly(new TileShape(32, 16));
    assertThat(tiles).extracting(Tile::rows).containsExactly(31);
  }

  @Test
  void cut_rowsBetweenTwoClasses_areSmallTilesRatherThanMostlyPadding() {
    assertThat(TILES.cut(Collections.nCopies(5, TokenRows.row(128))))
        .extracting(Tile::shape)
        .containsExactlyInAnyOrder(new TileShape(4, 128), new TileShape(1, 128));
  }

  @Test
  void cut_fullRowsInFullTiles_padsNothing() {
    assertThat(TILES.cut(Collections.nCopies(64, TokenRows.row(128))))
        .hasSize(16)
        .extracting(Tile::shape)
        .containsOnly(new TileShape(4, 128));
  }

  @Test
  void cut_anyBatch_holdsEachRowOnceInAShapeThatWasWarmedUp() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      RowLengths lengths = new RowLengths(1 + random.nextInt(128), 128);
      PaddedTiles tiles =
          tiles(
              lengths,
              (random.nextBoolean() ? TileRule.OF_CPUS : TileRule.OF_GPUS)
                  .atMost(8 + random.nextInt(2_000)));
      Set<TileShape> known = Set.copyOf(tiles.shapes());
      int rows = 1 + random.nextInt(64);
      List<TokenIds> batch = TokenRows.random(random, rows, 120);
      TreeSet<Integer> seen = new TreeSet<>();
      for (Tile tile : tiles.cut(batch)) {
        assertThat(known).as("seed %d", seed).contains(tile.shape());
        assertThat(tile.rows()).as("seed %d", seed).isBetween(1, tile.shape().rows());
        assertThat(tile.shape().length())
            .as("seed %d", seed)
            .isGreaterThanOrEqualTo(lengths.least());
        for (int i = 0; i < tile.rows(); i++) {
          assertThat(seen.add(tile.place(i))).as("seed %d", seed).isTrue();
          assertThat(tile.row(i)).as("seed %d", seed).isSameAs(batch.get(tile.place(i)));
          assertThat(tile.row(i).length())
              .as("seed %d", seed)
              .isLessThanOrEqualTo(tile.shape().length());
        }
      }
      assertThat(seen).as("seed %d", seed).hasSize(rows);
    }
  }

  @Test
  void cut_batchesOfShortTexts_areLessThanAFifthPadding() {
    assertThat(TokenRows.padding(TILES)).isBetween(1.0, 1.2);
  }

  private static PaddedTiles tiles(RowLengths lengths, TileRule rule) {
    return new PaddedTiles(new ShapeClasses(lengths, rule));
  }
}
