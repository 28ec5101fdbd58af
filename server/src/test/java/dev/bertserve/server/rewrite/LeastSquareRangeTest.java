package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class LeastSquareRangeTest {

  @Test
  void of_evenValues_keepsAllOfThem() {
    float[] values = new float[1_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i - 500) / 500f;
    }

    LeastSquareRange range = LeastSquareRange.of(values);

    assertThat(range.low()).isCloseTo(-1, within(0.05f));
    assertThat(range.high()).isCloseTo(1, within(0.05f));
  }

  @Test
  void of_oneValueFarOut_cutsIt() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    float[] values = new float[200_000];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    values[7] = 20;

    assertThat(LeastSquareRange.of(values).high()).as("seed %d", seed).isLessThan(19);
  }

  @Test
  void of_shallowBottom_keepsIt() {
    float[] values = {-0.17f, 0, 0.1f, 0.2f, 8};

    assertThat(LeastSquareRange.of(values).low()).isEqualTo(-0.17f);
  }

  @Test
  void of_zeros_isARange() {
    LeastSquareRange range = LeastSquareRange.of(new float[8]);

    assertThat(range.low()).isNegative();
    assertThat(range.high()).isPositive();
  }

  @Test
  void rounded_valueInside_movesByHalfAStepAtMost() {
    LeastSquareRange range = new LeastSquareRange(-1, 4);

    for (float value : new float[] {-1, -0.5f, 0, 0.123f, 3.999f, 4}) {
      assertThat(range.rounded(value)).isCloseTo(value, within(5 / 255f / 2 + 1e-6f));
    }
    assertThat(range.rounded(9)).isCloseTo(4, within(1e-6f));
    assertThat(range.rounded(-9)).isCloseTo(-1, within(1e-6f));
  }

  @Test
  void of_moreValuesThanAreTried_seesTheExtremes() {
    float[] values = new float[600_001];
    Arrays.fill(values, 0.5f);
    values[1] = 0.9f;

    assertThat(LeastSquareRange.of(values).high()).isGreaterThan(0.49f);
  }
}
