package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.ModelPreparer;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PaddedTilesTest {

  private static final RowLengths LENGTHS = new RowLengths(1, 128);
  private static final PaddedTiles TILES = tiles(LENGTHS, TileRule.OF_CPUS);

  private static BertTokenizer tokenizer;

  @BeforeAll
  static void load() throws IOException {
    tokenizer = ModelPreparer.prepare(Models.builtIn()).tokenizer().loaded().tokenizer();
  }

  @Test
  void cut_mixedLengths_putsLikeLengthsTogetherLongestFirst() {
    List<Tile> tiles = TILES.cut(List.of(row(3), row(120), row(4), row(119)));

    assertThat(tiles)
        .extracting(Tile::shape)
        .containsExactly(new TileShape(2, 128), new TileShape(2, 16));
    assertThat(tiles.get(0).place(0)).isEqualTo(1);
    assertThat(tiles.get(1).place(1)).isEqualTo(0);
  }

  @Test
  void cut_rowLongerThanTheBudget_runsAlone() {
    assertThat(tiles(LENGTHS, TileRule.OF_CPUS.atMost(16)).cut(List.of(row(40), row(40))))
        .extracting(Tile::rows)
        .containsExactly(1, 1);
  }

  @Test
  void cut_oneRowShortOfAClass_addsARowOfPadding() {
    List<Tile> tiles = TILES.cut(Collections.nCopies(31, row(16)));

    assertThat(tiles).extracting(Tile::shape).containsExactly(new TileShape(32, 16));
    assertThat(tiles).extracting(Tile::rows).containsExactly(31);
  }

  @Test
  void cut_rowsBetweenTwoClasses_areSmallTilesRatherThanMostlyPadding() {
    assertThat(TILES.cut(Collections.nCopies(5, row(128))))
        .extracting(Tile::shape)
        .containsExactlyInAnyOrder(new TileShape(4, 128), new TileShape(1, 128));
  }

  @Test
  void cut_fullRowsInFullTiles_padsNothing() {
    assertThat(TILES.cut(Collections.nCopies(64, row(128))))
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
      List<TokenIds> batch = new ArrayList<>();
      int rows = 1 + random.nextInt(64);
      for (int i = 0; i < rows; i++) {
        batch.add(row(2 + random.nextInt(120)));
      }
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
    Random random = new Random(11);
    int tokens = 0;
    int padded = 0;
    for (int round = 0; round < 50; round++) {
      List<TokenIds> batch = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        double length = 24 * Math.exp(0.5 * random.nextGaussian());
        batch.add(row((int) Math.min(128, Math.max(3, length))));
      }
      tokens += batch.stream().mapToInt(TokenIds::length).sum();
      padded += TILES.cut(batch).stream().mapToInt(tile -> tile.shape().tokens()).sum();
    }
    assertThat(1.0 * padded / tokens).isBetween(1.0, 1.2);
  }

  private static PaddedTiles tiles(RowLengths lengths, TileRule rule) {
    return new PaddedTiles(new ShapeClasses(lengths, rule));
  }

  /** A row of {@code length} ids. */
  private static TokenIds row(int length) {
    return tokenizer.tokenize("a ".repeat(length - 2));
  }
}
