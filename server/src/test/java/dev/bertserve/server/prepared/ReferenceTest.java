package dev.bertserve.server.prepared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bertserve.server.serving.Column;
import dev.bertserve.tokenizer.TokenIds;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReferenceTest {

  private static final Reference REFERENCE =
      new Reference(
          List.of(TokenIds.of(new int[] {2, 3}, 2)), List.of(Column.of(0.5f, 20), Column.of(-1)));

  @Test
  void largestMove_ofSeveralOutputs_isTheLargestDifference() {
    assertThat(REFERENCE.largestMove(List.of(Column.of(0.5f, 20.5f), Column.of(-1.25f))))
        .isEqualTo(0.5);
  }

  @Test
  void largestRelativeMove_ofLargeValues_isTheirShare() {
    assertThat(REFERENCE.largestRelativeMove(List.of(Column.of(0.5f, 20.5f), Column.of(-1))))
        .isEqualTo(0.025);
  }

  @Test
  void largestMove_oneValueNotANumber_isNotANumber() {
    assertThat(REFERENCE.largestMove(List.of(Column.of(Float.NaN, 20), Column.of(-1)))).isNaN();
  }

  @Test
  void move_ofProbabilities_countsThoseThatCrossAHalf() {
    Reference reference = reference(Column.of(0.4f, 0.6f, 0.9f));

    assertThat(reference.move(List.of(Column.of(0.55f, 0.6f, 0.6f))))
        .satisfies(
            move -> {
              assertThat(move.texts()).isEqualTo(3);
              assertThat(move.largest()).isCloseTo(0.3, within(1e-6));
              assertThat(move.mean()).isCloseTo(0.15, within(1e-6));
              assertThat(move.flips()).isEqualTo(1);
            });
  }

  @Test
  void move_ofLogits_countsThoseThatChangeSign() {
    assertThat(reference(Column.of(0.4f, -2, 3)).move(List.of(Column.of(-0.4f, -2, 2))).flips())
        .isEqualTo(1);
  }

  @Test
  void move_ofSeveralValues_countsOtherLargestOnes() {
    Reference reference = reference(Column.of(1, 2, 3, 9, 8, 7, 1, 2, 3));

    assertThat(reference.move(List.of(Column.of(1, 3, 2, 9, 8, 7, 0, 0, 3))).flips()).isEqualTo(1);
  }

  private static Reference reference(Column answers) {
    return new Reference(
        Collections.nCopies(3, TokenIds.of(new int[] {2, 3}, 2)), List.of(answers));
  }
}
