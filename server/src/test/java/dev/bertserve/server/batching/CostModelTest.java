package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class CostModelTest {

  private static final int MAX_ROWS = 10;
  private static final BatchShapes SHAPES =
      new BatchShapes(List.of(new BatchShape(1, 1_000, MAX_ROWS)), 100);

  private final CostModel model = model(1);

  @Test
  void nanos_nothingSeen_isThePrior() {
    assertThat(model.nanos(2 * 50)).isEqualTo(200);
    assertThat(model.nanos(new Work(1_000, 1_000))).isZero();
  }

  @Test
  void nanos_noisyBatchesOfManySizes_findsBothParts() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      int padded = (1 + random.nextInt(64)) * (1 + random.nextInt(128));
      double nanos = 5e6 + 2e3 * padded;
      model.recordRun(padded, 1, (long) (nanos * (0.95 + 0.1 * random.nextDouble())));
    }
    assertThat(model.nanos(64 * 128)).isCloseTo(5e6 + 2e3 * 64 * 128, Percentage.withPercentage(5));
    assertThat(model.nanos(1 * 1)).isCloseTo(5e6, Percentage.withPercentage(10));
  }

  @Test
  void nanos_batchesOfOneSize_fitsThatSize() {
    for (int i = 0; i < 10; i++) {
      model.recordRun(100, 100, 7_000_000);
    }
    assertThat(model.nanos(4 * 25)).isCloseTo(7e6, within(1.0));
    assertThat(model.nanos(8 * 25)).isGreaterThan(7e6).isLessThan(14e6);
  }

  @Test
  void nanos_noisyBatchesOfNearlyOneSize_keepsNearThePriorsFixedPart() {
    Random random = new Random(5);
    for (int i = 0; i < 1_000; i++) {
      int rows = i % 10 == 0 ? 3 : 4;
      model.recordRun(rows * 128, 100, (long) (200e6 * rows * (0.95 + 0.1 * random.nextDouble())));
      // By the prior, four sequences of 128 cost 2.7 times as much as one.
      assertThat(model.nanos(4 * 128) / model.nanos(128)).as("after %d", i + 1).isBetween(2.2, 3.6);
    }
  }

  @Test
  void nanos_machineGetsSlower_follows() {
    for (int i = 0; i < 300; i++) {
      model.recordRun(10 * (1 + i % 7), 10, 1_000_000L * (1 + i % 7));
    }
    for (int i = 0; i < 300; i++) {
      model.recordRun(10 * (1 + i % 7), 10, 3_000_000L * (1 + i % 7));
    }
    assertThat(model.nanos(7 * 10)).isCloseTo(21e6, Percentage.withPercentage(3));
  }

  @Test
  void nanos_largerBatchesWereQuicker_neverFallsWithSize() {
    model.recordRun(10, 10, 9_000_000);
    model.recordRun(100, 100, 1_000_000);
    assertThat(model.nanos(10 * 10)).isGreaterThanOrEqualTo(model.nanos(1 * 10));
    assertThat(model.nanos(1 * 1)).isPositive();
  }

  @Test
  void nanosOfWork_shapesOfAWarmUp_isRightBeforeAnyRequest() {
    for (int rows = 64; rows > 0; rows /= 2) {
      for (int length = 16; length <= 128 && rows * length <= 1_024; length += 16) {
        int tokens = rows * length;
        model.recordRun(tokens, tokens, 5_000_000 + 400_000L * tokens);
      }
    }
    assertThat(model.nanos(1 * 16)).isCloseTo(5e6 + 16 * 4e5, Percentage.withPercentage(1));
    assertThat(model.nanos(new Work(20, 1_000)))
        .isCloseTo(2 * 5e6 + 1_000 * 4e5, Percentage.withPercentage(1));
  }

  @Test
  void nanosOfWork_halfPadding_countsItAndTheBatches() {
    for (int i = 1; i <= 100; i++) {
      model.recordRun(20 * i, 10 * i, 1_000_000L + 1_000L * 20 * i);
    }
    // 400 tokens are 800 with padding: 800 microseconds, and 4 batches of 10 rows.
    assertThat(model.nanos(new Work(40, 400))).isCloseTo(4e6 + 8e5, Percentage.withPercentage(1));
  }

  @Test
  void nanosOfWork_fourRunners_isAQuarter() {
    CostModel ofFour = model(4);
    for (int i = 1; i <= 100; i++) {
      model.recordRun(20 * i, 10 * i, 1_000_000L + 1_000L * 20 * i);
      ofFour.recordRun(20 * i, 10 * i, 1_000_000L + 1_000L * 20 * i);
    }

    assertThat(ofFour.nanos(new Work(40, 400))).isEqualTo(model.nanos(new Work(40, 400)) / 4);
    assertThat(ofFour.nanosPerToken()).isEqualTo(model.nanosPerToken() / 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model(0))
        .withMessage("runners: 0 (expected: >= 1)");
  }

  private static CostModel model(int runners) {
    return new CostModel(SHAPES, MAX_ROWS, runners);
  }
}
