package dev.bertserve.server.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.serving.admission.AnswerSize;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class AnswerSizeTest {

  private static final AnswerSize STATES =
      AnswerSize.of(
          List.of(new OutputSpec("score", List.of()), new OutputSpec("states", List.of(128, 128))));

  @Test
  void bytes_severalOutputs_areTheirFloatsAndOnePiece() {
    assertThat(STATES.bytes(1)).isEqualTo(4 * 16_385 + 65_536);
    assertThat(STATES.bytes(4_096)).isEqualTo(4L * 16_385 * 4_096 + 65_536);
  }

  @Test
  void bytes_scores_areTheirFloatsAndText() {
    assertThat(AnswerSize.of(List.of(new OutputSpec("score", List.of(2)))).bytes(3))
        .isEqualTo(6 * 4 + 6 * 16);
  }

  @Test
  void rowsWithin_anyBound_isTheMostThatFits() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 10_000; i++) {
      int values = 1 + random.nextInt(1 << (1 + random.nextInt(20)));
      AnswerSize size = AnswerSize.of(List.of(new OutputSpec("output", List.of(values))));
      long bound = 1L + random.nextInt(1 << (1 + random.nextInt(30)));

      int rows = size.rowsWithin(bound, Integer.MAX_VALUE);

      assertThat(size.bytes(rows)).as("seed " + seed).isLessThanOrEqualTo(bound);
      assertThat(size.bytes(rows + 1)).as("seed " + seed).isGreaterThan(bound);
    }
  }

  @Test
  void rowsWithin_muchRoom_isWhatArraysHold() {
    AnswerSize large = AnswerSize.of(List.of(new OutputSpec("states", List.of(512, 1_024))));

    assertThat(large.rowsWithin(Long.MAX_VALUE, 4_096)).isEqualTo(4_095);
    assertThat(large.rowsWithin(Long.MAX_VALUE, 64)).isEqualTo(64);
  }

  @Test
  void output_moreValuesThanAnArrayHolds_isRefused() {
    assertThatThrownBy(() -> new OutputSpec("states", List.of(1 << 16, 1 << 16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output states: [65536, 65536] (expected: at most 2147483647 values a row)");
  }
}
