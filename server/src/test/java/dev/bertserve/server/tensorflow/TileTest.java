package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.fixture.Models;
import dev.bertserve.server.tensorflow.prepare.ModelPreparer;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class TileTest {

  private static final RowLengths LENGTHS = new RowLengths(1, 128);

  private static BertTokenizer tokenizer;

  @BeforeAll
  static void load() throws IOException {
    tokenizer = ModelPreparer.prepare(Models.builtIn()).tokenizer().source().load().tokenizer();
  }

  @Test
  void cut_mixedLengths_putsLikeLengthsTogetherLongestFirst() {
    List<Tile> tiles = Tile.cut(List.of(row(3), row(30), row(4), row(29)), 64, LENGTHS);

    assertThat(tiles).extracting(Tile::rows).containsExactly(2, 2);
    assertThat(tiles).extracting(Tile::length).containsExactly(32, 8);
    assertThat(tiles.get(0).place(0)).isEqualTo(1);
    assertThat(tiles.get(1).place(1)).isEqualTo(0);
  }

  @Test
  void cut_rowLongerThanTheBudget_runsAlone() {
    assertThat(Tile.cut(List.of(row(40), row(40)), 16, LENGTHS))
        .extracting(Tile::rows)
        .containsExactly(1, 1);
  }

  @Test
  void cut_anyBatch_holdsEachRowOnceWithinTheBudget() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 200; round++) {
      List<TokenIds> batch = new ArrayList<>();
      int rows = 1 + random.nextInt(64);
      for (int i = 0; i < rows; i++) {
        batch.add(row(2 + random.nextInt(120)));
      }
      int budget = 8 + random.nextInt(2_000);
      TreeSet<Integer> seen = new TreeSet<>();
      for (Tile tile : Tile.cut(batch, budget, LENGTHS)) {
        assertThat(tile.length() % 8).as("seed %d", seed).isZero();
        assertThat(tile.rows() == 1 || tile.rows() * tile.length() <= budget)
            .as("seed %d", seed)
            .isTrue();
        for (int i = 0; i < tile.rows(); i++) {
          assertThat(seen.add(tile.place(i))).as("seed %d", seed).isTrue();
          assertThat(tile.row(i)).as("seed %d", seed).isSameAs(batch.get(tile.place(i)));
          assertThat(tile.row(i).length()).as("seed %d", seed).isLessThanOrEqualTo(tile.length());
        }
      }
      assertThat(seen).as("seed %d", seed).hasSize(rows);
    }
  }

  /** A row of {@code length} ids. */
  private static TokenIds row(int length) {
    return tokenizer.tokenize("a ".repeat(length - 2));
  }

  @Test
  void cut_lengthsWithBounds_keepsToThem() {
    assertThat(Tile.cut(List.of(row(3)), 64, new RowLengths(30, 30)))
        .extracting(Tile::length)
        .containsExactly(30);
    assertThat(Tile.cut(List.of(row(30)), 64, new RowLengths(1, 30)))
        .extracting(Tile::length)
        .containsExactly(30);
  }
}
