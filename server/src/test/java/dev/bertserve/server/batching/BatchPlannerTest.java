package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class BatchPlannerTest {

  private static final ShapeRule CPU = new ShapeRule(512, 32, 4, 48, 4, 2, 95);
  private static final ShapeRule GPU = new ShapeRule(8_192, 512, 8, 32, 2, 4, 256);
  private static final BatchShapes PACKED = CPU.packed(1, 128);
  private static final BatchShapes PADDED = CPU.padded(1, 128);

  @Test
  void planAll_oneRow_runsInTheShapeOfItsLength() {
    assertThat(plan(PACKED, 21))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(1, 24, 3));
    assertThat(plan(PADDED, 21))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(1, 24));
  }

  @Test
  void planAll_rowsOfManyLengths_shareSequences() {
    List<BatchPlan<Integer>> plans = plan(PACKED, 20, 108, 28, 100);

    assertThat(plans).extracting(BatchPlan::shape).containsExactly(new BatchShape(2, 128, 4));
    BatchPlan<Integer> plan = plans.get(0);
    assertThat(plan.rows()).containsExactly(0, 1, 2, 3);
    assertThat(starts(plan)).containsExactly(0, 20, 128, 128 + 28);
    assertThat(slots(plan)).containsExactly(0, 1, 4, 5);
  }

  @Test
  void planAll_rowsThatDoNotFillEachOthersGaps_takeSequencesOfTheirLength() {
    assertThat(plan(PACKED, 70, 70, 70))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(3, 80, 2));
    assertThat(planAll(PACKED, Collections.nCopies(20, 45)))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(5, 96, 3), new BatchShape(5, 96, 3));
  }

  @Test
  void planAll_rowsOfOneLength_areAtMostAQuarterPadding() {
    for (int length = 16; length <= 128; length++) {
      int padded =
          planAll(PACKED, Collections.nCopies(64, length)).stream()
              .mapToInt(BatchPlan::paddedTokens)
              .sum();
      assertThat(padded).as("length %d", length).isLessThanOrEqualTo(64 * length * 5 / 4);
    }
  }

  @Test
  void planAll_moreRowsThanAShape_fillsOneBeforeTheNext() {
    assertThat(planAll(PACKED, Collections.nCopies(64, 128)))
        .hasSize(16)
        .extracting(BatchPlan::shape)
        .containsOnly(new BatchShape(4, 128, 4));
    assertThat(planAll(PADDED, Collections.nCopies(64, 128)))
        .hasSize(16)
        .extracting(BatchPlan::shape)
        .containsOnly(new BatchShape(4, 128));
    assertThat(planAll(PACKED, Collections.nCopies(33, 16)))
        .extracting(plan -> plan.rows().size())
        .containsExactly(32, 1);
  }

  @Test
  void planAll_moreShortRowsThanASequenceHasRoomFor_goOnInTheNext() {
    assertThat(planAll(PACKED, Collections.nCopies(80, 4)))
        .extracting(plan -> plan.rows().size())
        .containsExactly(64, 16);
  }

  @Test
  void planAll_rowBeyondTheSharedLength_runsInASequenceOfItsOwn() {
    assertThat(plan(CPU.packed(1, 512), 300, 15))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(1, 320, 10));
    assertThat(plan(CPU.withMaxTokens(64).packed(1, 512), 300, 15))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(1, 320, 1), new BatchShape(1, 16, 2));
  }

  @Test
  void planAll_paddedMixedLengths_putsLikeLengthsTogether() {
    List<BatchPlan<Integer>> plans = plan(PADDED, 3, 120, 4, 119);

    assertThat(plans)
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(2, 16), new BatchShape(2, 128));
    assertThat(plans.get(0).rows()).containsExactly(2, 0);
    assertThat(plans.get(1).rows()).containsExactly(1, 3);
    assertThat(starts(plans.get(1))).containsExactly(0, 128);
    assertThat(slots(plans.get(1))).containsExactly(0, 1);
  }

  @Test
  void planAll_oneRowShortOfAShape_addsARowOfPadding() {
    List<BatchPlan<Integer>> plans = planAll(PADDED, Collections.nCopies(31, 16));

    assertThat(plans).extracting(BatchPlan::shape).containsExactly(new BatchShape(32, 16));
    assertThat(plans.get(0).rows()).hasSize(31);
  }

  @Test
  void planAll_rowsBetweenTwoShapes_areSmallBatchesRatherThanMostlyPadding() {
    assertThat(planAll(PADDED, Collections.nCopies(5, 128)))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(4, 128), new BatchShape(1, 128));
  }

  @Test
  void planAll_rowLongerThanTheModels_isRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(CPU.packed(1, 64), 65))
        .withMessage("row: 65 tokens (expected: at most 64)");
  }

  @Test
  void planAll_manySlotsInFewSequences_stopsWhereNoShapeHasRoomForAll() {
    BatchShapes shapes =
        new BatchShapes(List.of(new BatchShape(1, 32, 8), new BatchShape(2, 32, 2)), 1_000);

    assertThat(planAll(shapes, Collections.nCopies(12, 4)))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(1, 32, 8), new BatchShape(1, 32, 8));
    assertThat(planAll(shapes, Collections.nCopies(4, 16)))
        .extracting(BatchPlan::shape)
        .containsExactly(new BatchShape(2, 32, 2));
  }

  @Test
  void planAll_anyRows_holdsEachOnceInRoomOfItsOwn() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 500; round++) {
      ShapeRule rule = (random.nextBoolean() ? CPU : GPU).withMaxTokens(8 + random.nextInt(2_000));
      int least = 1 + random.nextInt(120);
      int most = 120 + random.nextInt(200);
      BatchShapes shapes =
          random.nextBoolean() ? rule.packed(least, most) : rule.padded(least, most);
      Set<BatchShape> known = Set.copyOf(shapes.largestFirst());
      List<Integer> lengths = new ArrayList<>();
      for (int i = 1 + random.nextInt(100); i > 0; i--) {
        lengths.add(2 + random.nextInt(118));
      }
      BitSet seen = new BitSet();
      for (BatchPlan<Integer> plan : planAll(shapes, lengths)) {
        assertThat(known).as("seed %d", seed).contains(plan.shape());
        assertThat(plan.shape().length()).as("seed %d", seed).isGreaterThanOrEqualTo(least);
        assertApart(plan, lengths, seed);
        for (int row : plan.rows()) {
          assertThat(seen.get(row)).as("seed %d", seed).isFalse();
          seen.set(row);
        }
      }
      assertThat(seen.cardinality()).as("seed %d", seed).isEqualTo(lengths.size());
    }
  }

  @Test
  void planAll_shortTexts_areHardlyPaddedWherePackedAndAFifthElse() {
    assertThat(padding(PACKED)).isBetween(1.0, 1.05);
    assertThat(padding(PADDED)).isBetween(1.0, 1.2);
  }

  /** No token and no slot belongs to two rows, and no row spans two sequences. */
  private static void assertApart(BatchPlan<Integer> plan, List<Integer> lengths, long seed) {
    BatchShape shape = plan.shape();
    BitSet tokens = new BitSet();
    BitSet slots = new BitSet();
    for (int i = 0; i < plan.rows().size(); i++) {
      int from = plan.start(i);
      int to = from + lengths.get(plan.rows().get(i));
      assertThat(tokens.get(from, to).cardinality()).as("seed %d", seed).isZero();
      tokens.set(from, to);
      assertThat(slots.get(plan.slot(i))).as("seed %d", seed).isFalse();
      slots.set(plan.slot(i));
      int sequence = from / shape.length();
      assertThat((to - 1) / shape.length()).as("seed %d", seed).isEqualTo(sequence);
      assertThat(plan.slot(i) / shape.maxRowsPerSequence()).as("seed %d", seed).isEqualTo(sequence);
    }
    assertThat(tokens.length()).as("seed %d", seed).isLessThanOrEqualTo(shape.tokens());
  }

  /** Ratio of padded to real tokens, for 50 times 64 short texts. */
  private static double padding(BatchShapes shapes) {
    Random random = new Random(11);
    int tokens = 0;
    int padded = 0;
    for (int round = 0; round < 50; round++) {
      List<Integer> lengths = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        double length = 24 * Math.exp(0.5 * random.nextGaussian());
        lengths.add((int) Math.min(128, Math.max(3, length)));
      }
      tokens += lengths.stream().mapToInt(Integer::intValue).sum();
      padded += planAll(shapes, lengths).stream().mapToInt(BatchPlan::paddedTokens).sum();
    }
    return 1.0 * padded / tokens;
  }

  private static List<BatchPlan<Integer>> plan(BatchShapes shapes, int... lengths) {
    return planAll(shapes, Arrays.stream(lengths).boxed().toList());
  }

  private static List<BatchPlan<Integer>> planAll(BatchShapes shapes, List<Integer> lengths) {
    return BatchPlanner.planAll(shapes, lengths, Integer::intValue);
  }

  private static int[] starts(BatchPlan<Integer> plan) {
    return IntStream.range(0, plan.rows().size()).map(plan::start).toArray();
  }

  private static int[] slots(BatchPlan<Integer> plan) {
    return IntStream.range(0, plan.rows().size()).map(plan::slot).toArray();
  }
}
