package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class CostModelTest {

  private static final BatchPolicy POLICY = new BatchPolicy(10, 1_000, Duration.ZERO);

  private final CostModel model = new CostModel(1e6, 1e4);

  @Test
  void nanos_nothingSeen_isThePrior() {
    assertThat(model.nanos(2 * 50)).isEqualTo(2e6);
    assertThat(model.nanos(new Work(1_000, 1_000), POLICY)).isZero();
  }

  @Test
  void nanos_noisyBatchesOfManySizes_findsBothParts() {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      BatchSize size = new BatchSize(1 + random.nextInt(64), 1, 1 + random.nextInt(128));
      double nanos = 5e6 + 2e3 * size.padded();
      model.observe(size, (long) (nanos * (0.95 + 0.1 * random.nextDouble())));
    }
    assertThat(model.nanos(64 * 128)).isCloseTo(5e6 + 2e3 * 64 * 128, Percentage.withPercentage(5));
    assertThat(model.nanos(1 * 1)).isCloseTo(5e6, Percentage.withPercentage(10));
  }

  @Test
  void nanos_batchesOfOneSize_fitsThatSize() {
    for (int i = 0; i < 10; i++) {
      model.observe(new BatchSize(4, 100, 25), 7_000_000);
    }
    assertThat(model.nanos(4 * 25)).isCloseTo(7e6, within(1.0));
    assertThat(model.nanos(8 * 25)).isGreaterThan(7e6).isLessThan(14e6);
  }

  @Test
  void nanos_noisyBatchesOfNearlyOneSize_keepsNearThePriorsFixedPart() {
    Random random = new Random(5);
    for (int i = 0; i < 1_000; i++) {
      BatchSize size = new BatchSize(i % 10 == 0 ? 3 : 4, 100, 128);
      model.observe(size, (long) (200e6 * size.rows() * (0.95 + 0.1 * random.nextDouble())));
      // By the prior four of 128 cost 2.7 times as much as one.
      assertThat(model.nanos(4 * 128) / model.nanos(128)).as("after %d", i + 1).isBetween(2.2, 3.6);
    }
  }

  @Test
  void nanos_machineGetsSlower_follows() {
    for (int i = 0; i < 300; i++) {
      model.observe(new BatchSize(1 + i % 7, 10, 10), 1_000_000L * (1 + i % 7));
    }
    for (int i = 0; i < 300; i++) {
      model.observe(new BatchSize(1 + i % 7, 10, 10), 3_000_000L * (1 + i % 7));
    }
    assertThat(model.nanos(7 * 10)).isCloseTo(21e6, Percentage.withPercentage(3));
  }

  @Test
  void nanos_largerBatchesWereQuicker_neverFallsWithSize() {
    model.observe(new BatchSize(1, 10, 10), 9_000_000);
    model.observe(new BatchSize(10, 100, 10), 1_000_000);
    assertThat(model.nanos(10 * 10)).isGreaterThanOrEqualTo(model.nanos(1 * 10));
    assertThat(model.nanos(1 * 1)).isPositive();
  }

  @Test
  void nanosOfWork_shapesOfAWarmUp_isRightBeforeAnyRequest() {
    for (int rows = 64; rows > 0; rows /= 2) {
      for (int length = 16; length <= 128 && rows * length <= 1_024; length += 16) {
        BatchSize shape = new BatchSize(rows, rows * length, length);
        model.observe(shape, 5_000_000 + 400_000L * shape.padded());
      }
    }
    assertThat(model.nanos(1 * 16)).isCloseTo(5e6 + 16 * 4e5, Percentage.withPercentage(1));
    assertThat(model.nanos(new Work(20, 1_000), POLICY))
        .isCloseTo(2 * 5e6 + 1_000 * 4e5, Percentage.withPercentage(1));
  }

  @Test
  void nanosOfWork_halfPadding_countsItAndTheBatches() {
    for (int i = 1; i <= 100; i++) {
      model.observe(new BatchSize(2, 10 * i, 10 * i), 1_000_000L + 1_000L * 20 * i);
    }
    // 400 tokens with padding twice that: 800 microseconds, and 4 batches of 10 rows.
    assertThat(model.nanos(new Work(40, 400), POLICY))
        .isCloseTo(4e6 + 8e5, Percentage.withPercentage(1));
  }

  @Test
  void nanosOfWork_fourRunners_isAQuarter() {
    for (int i = 1; i <= 100; i++) {
      model.observe(new BatchSize(2, 10 * i, 10 * i), 1_000_000L + 1_000L * 20 * i);
    }
    double ofOne = model.nanos(new Work(40, 400), POLICY);
    double tokenOfOne = model.nanosPerToken();

    model.runBy(4);

    assertThat(model.nanos(new Work(40, 400), POLICY)).isEqualTo(ofOne / 4);
    assertThat(model.nanosPerToken()).isEqualTo(tokenOfOne / 4);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> model.runBy(0))
        .withMessage("runners: 0 (expected: >= 1)");
  }
}
