package dev.bertserve.server.serving.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class ResponseSizeTest {

  private static final ResponseSize STATES = ofFloats(1).plus(128 * 128, 4, 16);

  @Test
  void bytes_severalOutputs_areTheirFloatsAndOnePiece() {
    assertThat(STATES.bytes(1)).isEqualTo(4 * 16_385 + 65_536);
    assertThat(STATES.bytes(4_096)).isEqualTo(4L * 16_385 * 4_096 + 65_536);
  }

  @Test
  void bytes_scores_areTheirFloatsAndText() {
    assertThat(ofFloats(2).bytes(3)).isEqualTo(6 * 4 + 6 * 16);
  }

  @Test
  void rowsWithin_anyBound_isTheLargestNumberThatFits() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      int values = 1 + random.nextInt(1 << (1 + random.nextInt(20)));
      ResponseSize size = ofFloats(values);
      long bound = 1L + random.nextInt(1 << (1 + random.nextInt(30)));

      int rows = size.rowsWithin(bound, Integer.MAX_VALUE);

      assertThat(size.bytes(rows)).as("seed " + seed).isLessThanOrEqualTo(bound);
      assertThat(size.bytes(rows + 1)).as("seed " + seed).isGreaterThan(bound);
    }
  }

  @Test
  void rowsWithin_muchRoom_isWhatArraysHold() {
    ResponseSize large = ofFloats(512 * 1_024);

    assertThat(large.rowsWithin(Long.MAX_VALUE, 4_096)).isEqualTo(4_095);
    assertThat(large.rowsWithin(Long.MAX_VALUE, 64)).isEqualTo(64);
  }

  @Test
  void bytes_wideValues_countByTheirOwnSizes() {
    ResponseSize size = ofFloats(1).plus(2, 8, 26).plus(3, 148, 303);

    assertThat(size.bytes(2)).isEqualTo(2 * (4 + 2 * 8 + 3 * 148) + 2 * (16 + 2 * 26 + 3 * 303));
  }

  private static ResponseSize ofFloats(int rowSize) {
    return ResponseSize.NONE.plus(rowSize, 4, 16);
  }
}
