package dev.bertserve.server.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.serving.Column;
import dev.bertserve.tokenizer.TokenIds;
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
}
