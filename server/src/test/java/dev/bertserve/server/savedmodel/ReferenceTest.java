package dev.bertserve.server.savedmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.tokenizer.TokenIds;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReferenceTest {

  private static final Reference REFERENCE =
      new Reference(
          List.of(TokenIds.of(new int[] {2, 3}, 2)),
          List.of(new float[] {0.5f, 20}, new float[] {-1}));

  @Test
  void largestMove_ofSeveralOutputs_isTheLargestDifference() {
    assertThat(REFERENCE.largestMove(List.of(new float[] {0.5f, 20.5f}, new float[] {-1.25f})))
        .isEqualTo(0.5);
  }

  @Test
  void largestRelativeMove_ofLargeValues_isTheirShare() {
    assertThat(REFERENCE.largestRelativeMove(List.of(new float[] {0.5f, 20.5f}, new float[] {-1})))
        .isEqualTo(0.025);
  }

  @Test
  void largestMove_oneValueNotANumber_isNotANumber() {
    assertThat(REFERENCE.largestMove(List.of(new float[] {Float.NaN, 20}, new float[] {-1})))
        .isNaN();
  }
}
