package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.batching.alternatives.SimulatedRow;
import dev.bertserve.server.fixture.AnyShapes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class BatchAssemblerTest {

  private static final long SECOND = 1_000_000_000L;

  private static final int MAX_LENGTH = 128;

  /** Fixed part of a batch, in tokens, that is cheaper than padding. */
  private static final int CHEAP_BATCHES = 1;

  /** Fixed part that is more expensive than any padding. */
  private static final int DEAR_BATCHES = 1_000_000;

  private final List<SimulatedRow> closed = new ArrayList<>();

  @Test
  void next_noRows_isEmpty() {
    assertThat(next(assembler(4, DEAR_BATCHES))).isEmpty();
  }

  @Test
  void next_DEAR_BATCHES_mixesLengths() {
    BatchAssembler<SimulatedRow> assembler = assembler(4, DEAR_BATCHES);
    assembler.offer(rows(1, 10, 100, 12), 0);
    assertThat(next(assembler)).hasSize(3);
  }

  @Test
  void next_dearPadding_keepsLikeLengthsTogether() {
    BatchAssembler<SimulatedRow> assembler = assembler(4, CHEAP_BATCHES);
    assembler.offer(rows(1, 10, 100), 0);
    assertThat(next(assembler)).extracting(SimulatedRow::tokens).containsExactly(10);
    assertThat(next(assembler)).extracting(SimulatedRow::tokens).containsExactly(100);
  }

  @Test
  void next_oneRowAfterALongRequest_overtakesItsTail() {
    BatchAssembler<SimulatedRow> assembler = assembler(4, DEAR_BATCHES);
    assembler.offer(rows(1, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8), 0);
    next(assembler);
    assembler.offer(rows(2, 8), 0);
    assertThat(next(assembler)).extracting(row -> row.request).contains(2);
  }

  @Test
  void next_oneRowRequestsWithoutEnd_stillServesTheLongOne() {
    BatchAssembler<SimulatedRow> assembler = assembler(2, DEAR_BATCHES);
    assembler.offer(rows(1, 8, 8, 8, 8), 0);
    int served = 0;
    for (int i = 0; i < 40; i++) {
      assembler.offer(rows(2 + i, 8), 0);
      assembler.offer(rows(100 + i, 8), 0);
      for (SimulatedRow row : next(assembler)) {
        served += row.request == 1 ? 1 : 0;
      }
    }
    assertThat(served).isEqualTo(4);
  }

  @Test
  void next_requestsOfManyLengths_goByTurnAndThenByArrival() {
    BatchAssembler<SimulatedRow> assembler = assembler(1, DEAR_BATCHES);
    assembler.offer(rows(1, 5, 5, 5), 0);
    assembler.offer(rows(2, 10), 0);
    assembler.offer(rows(3, 2, 2, 2, 2, 2, 2), 0);
    List<String> order = new ArrayList<>();
    while (assembler.rows() > 0) {
      order.add(next(assembler).get(0).toString());
    }
    assertThat(order)
        .containsExactly(
            "3.0:2", "3.1:2", "1.0:5", "3.2:2", "3.3:2", "1.1:5", "2.0:10", "3.4:2", "3.5:2",
            "1.2:5");
  }

  @Test
  void next_tokenBudget_cutsTheBatch() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(64, AnyShapes.of(64, MAX_LENGTH, 100, DEAR_BATCHES));
    assembler.offer(rows(1, 30, 30, 30, 30), 0);
    assertThat(next(assembler)).hasSize(3);
  }

  @Test
  void next_rowBeyondTheTokenBudget_runsAlone() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(64, AnyShapes.of(64, 300, 100, DEAR_BATCHES));
    assembler.offer(rows(1, 300, 5), 0);
    assertThat(next(assembler)).extracting(SimulatedRow::tokens).containsExactly(300);
    assertThat(next(assembler)).extracting(SimulatedRow::tokens).containsExactly(5);
  }

  @Test
  void next_shapes_takesWhatOneHoldsAndFillsIt() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(
            DEAR_BATCHES, new BatchShape(1, 16), new BatchShape(4, 16), new BatchShape(2, 32));
    assembler.offer(rows(1, 14, 10, 11, 12, 13, 28), 0);
    assertThat(next(assembler)).hasSize(4);
    assertThat(next(assembler)).hasSize(2);
  }

  @Test
  void next_rowsPaddedToOneShape_doNotPayForEachOther() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(CHEAP_BATCHES, new BatchShape(1, 16), new BatchShape(4, 16));
    assembler.offer(rows(1, 9, 10, 15, 16), 0);
    assertThat(next(assembler)).hasSize(4);
  }

  @Test
  void next_rowsFarBehindInTurn_waitForTheirs() {
    BatchAssembler<SimulatedRow> assembler = assembler(DEAR_BATCHES, new BatchShape(4, 16));
    assembler.offer(rows(1, 12, 16, 16, 16, 16, 12, 12, 12), 0);
    assertThat(next(assembler)).extracting(row -> row.index).containsExactly(2, 3, 4, 0);
  }

  @Test
  void next_sequencesOfSeveralRows_areFilledInOrderOfTurn() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(DEAR_BATCHES, new BatchShape(1, 16), new BatchShape(2, 32, 4));
    assembler.offer(rows(1, 20, 14, 12, 11, 7), 0);
    // 20 and 12 fill one sequence; 14, 11 and 7 fill the other.
    assertThat(next(assembler)).extracting(row -> row.index).containsExactly(0, 2, 1, 3, 4);
  }

  @Test
  void next_rowThatFillsASequenceByItself_doesNotGoBeforeTheOneWhoseTurnItIs() {
    BatchAssembler<SimulatedRow> assembler = assembler(CHEAP_BATCHES, new BatchShape(1, 32, 4));
    assembler.offer(rows(1, 20, 32), 0);
    assertThat(next(assembler)).extracting(row -> row.index).containsExactly(0);
  }

  @Test
  void next_sequenceThatGainsNothing_isLeftForTheNextBatch() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(CHEAP_BATCHES, new BatchShape(1, 32, 4), new BatchShape(2, 32, 4));
    assembler.offer(rows(1, 20, 14, 12, 18), 0);
    assertThat(next(assembler)).extracting(row -> row.index).containsExactly(0, 2);
    assertThat(next(assembler)).extracting(row -> row.index).containsExactly(1, 3);
  }

  @Test
  void next_longQueue_takesTheBatchThatYieldsMostHoweverLittle() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(CHEAP_BATCHES, new BatchShape(1, 32, 4), new BatchShape(2, 32, 4));
    int[] eightFullBatches = new int[32];
    Arrays.fill(eightFullBatches, 16);
    assembler.offer(rows(1, eightFullBatches), 0);
    assertThat(next(assembler)).hasSize(4);
    assertThat(next(assembler)).hasSize(2);
  }

  @Test
  void next_sequenceHasRoomForNoMoreRows_goesOnInTheNext() {
    BatchAssembler<SimulatedRow> assembler = assembler(DEAR_BATCHES, new BatchShape(2, 32, 3));
    assembler.offer(rows(1, 2, 2, 2, 2, 2, 2, 2), 0);
    assertThat(next(assembler)).hasSize(6);
    assertThat(next(assembler)).hasSize(1);
  }

  @Test
  void next_rowLongerThanASharedSequence_takesALongerOne() {
    BatchAssembler<SimulatedRow> assembler =
        assembler(DEAR_BATCHES, new BatchShape(2, 32, 4), new BatchShape(1, 64, 8));
    assembler.offer(rows(1, 50, 10, 30), 0);
    assertThat(next(assembler)).extracting(SimulatedRow::tokens).containsExactly(50, 10);
    assertThat(next(assembler)).extracting(SimulatedRow::tokens).containsExactly(30);
  }

  @Test
  void next_oneRowRequestsFasterThanTheMachine_letTheLongOneThroughInTime() {
    long rowNanos = SECOND;
    BatchShapes shapes = AnyShapes.of(1, MAX_LENGTH, 16_384, CHEAP_BATCHES);
    CostModel costs = new CostModel(shapes, 1, 1);
    costs.recordRun(8, 8, rowNanos);
    BatchAssembler<SimulatedRow> assembler =
        new BatchAssembler<>(new BatchPolicy(1, Duration.ZERO), shapes, costs);
    assembler.offer(rows(0, 8, 8, 8, 8, 8, 8, 8, 8), 0);
    int batches = 0;
    for (int missing = 8; missing > 0; batches++) {
      long now = batches * rowNanos;
      for (int i = 0; i < 3; i++) {
        assembler.offer(rows(1, 8), now);
      }
      List<SimulatedRow> batch = next(assembler, now);
      missing -= batch.get(0).request == 0 ? 1 : 0;
    }
    // Only rows that arrived within 16 times its own time go first.
    assertThat(batches).isLessThanOrEqualTo(8 + 3 * 8 * BatchAssembler.FAIR_AMONG);
  }

  @Test
  void overtaken_fastMachine_isAsLongAsOnOneThatServes256TokensASecondForEach() {
    BatchShapes shapes = AnyShapes.of(1, MAX_LENGTH, 16_384, CHEAP_BATCHES);
    CostModel costs = new CostModel(shapes, 1, 1);
    costs.recordRun(8, 8, 8_000);
    BatchAssembler<SimulatedRow> assembler =
        new BatchAssembler<>(new BatchPolicy(1, Duration.ZERO), shapes, costs);
    assertThat(assembler.overtakenNanos(512)).isEqualTo(2.0 * SECOND);
  }

  @Test
  void next_unwantedRows_areClosedAndNotRun() {
    BatchAssembler<SimulatedRow> assembler = assembler(4, DEAR_BATCHES);
    List<SimulatedRow> rows = rows(1, 8, 8, 8);
    rows.get(1).unwanted = true;
    assembler.offer(rows, 0);
    assertThat(next(assembler)).containsExactly(rows.get(0), rows.get(2));
    assertThat(closed).containsExactly(rows.get(1));
    assertThat(assembler.rows()).isZero();
  }

  @Test
  void next_onlyUnwantedRows_leavesNone() {
    BatchAssembler<SimulatedRow> assembler = assembler(4, DEAR_BATCHES);
    List<SimulatedRow> rows = rows(1, 8, 8);
    rows.forEach(row -> row.unwanted = true);
    assembler.offer(rows, 0);
    assertThat(next(assembler)).isEmpty();
    assertThat(closed).hasSize(2);
    assertThat(assembler.waiting()).isEqualTo(new Work(0, 0));
  }

  @Test
  void sweep_unwantedRows_leaveWithoutABatch() {
    BatchAssembler<SimulatedRow> assembler = assembler(4, DEAR_BATCHES);
    List<SimulatedRow> rows = rows(1, 8, 9);
    rows.get(0).unwanted = true;
    assembler.offer(rows, 0);
    assembler.sweep(0, closed);
    assertThat(closed).containsExactly(rows.get(0));
    assertThat(assembler.waiting()).isEqualTo(new Work(1, 9));
  }

  @Test
  void untilDue_maxWait_countsDownFromTheOldestRow() {
    BatchShapes shapes = AnyShapes.of(2, MAX_LENGTH, 100, DEAR_BATCHES);
    BatchAssembler<SimulatedRow> assembler =
        new BatchAssembler<>(
            new BatchPolicy(2, Duration.ofSeconds(1)), shapes, new CostModel(shapes, 2, 1));
    assembler.offer(rows(1, 8), 10);
    assertThat(assembler.untilDueNanos(10)).isEqualTo(SECOND);
    assertThat(assembler.untilDueNanos(10 + SECOND)).isZero();
    assembler.offer(rows(2, 8), 20);
    assertThat(assembler.untilDueNanos(20)).isZero();
  }

  @Test
  void ahead_ofASmallRequest_leavesOutTheTailOfALongOne() {
    BatchAssembler<SimulatedRow> assembler = assembler(4, DEAR_BATCHES);
    assembler.offer(rows(1, 10, 10, 10, 10), 0);
    assertThat(assembler.ahead(20, 0)).isEqualTo(new Work(2, 20));
    assertThat(assembler.ahead(1_000, 0)).isEqualTo(new Work(4, 40));
  }

  private List<SimulatedRow> next(BatchAssembler<SimulatedRow> assembler) {
    return next(assembler, 0);
  }

  private List<SimulatedRow> next(BatchAssembler<SimulatedRow> assembler, long nowNanos) {
    BatchPlan<SimulatedRow> plan = assembler.next(nowNanos, closed);
    return plan == null ? List.of() : plan.rows();
  }

  private static BatchAssembler<SimulatedRow> assembler(int maxRows, int fixedTokens) {
    return assembler(maxRows, AnyShapes.of(maxRows, MAX_LENGTH, 16_384, fixedTokens));
  }

  private static BatchAssembler<SimulatedRow> assembler(int fixedTokens, BatchShape... shapes) {
    return assembler(64, new BatchShapes(List.of(shapes), fixedTokens));
  }

  private static BatchAssembler<SimulatedRow> assembler(int maxRows, BatchShapes shapes) {
    return new BatchAssembler<>(
        new BatchPolicy(maxRows, Duration.ZERO), shapes, new CostModel(shapes, maxRows, 1));
  }

  private static List<SimulatedRow> rows(int request, int... tokens) {
    List<SimulatedRow> rows = new ArrayList<>();
    for (int count : tokens) {
      rows.add(new SimulatedRow(request, rows.size(), count));
    }
    return rows;
  }
}
