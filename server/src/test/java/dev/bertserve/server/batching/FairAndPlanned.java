package dev.bertserve.server.batching;

import dev.bertserve.server.batching.alternatives.BatchingPolicy;
import dev.bertserve.server.batching.alternatives.SimulatedRow;
import dev.bertserve.server.fixture.AnyShapes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The assembler and its cost model, wired as in the queue. */
final class FairAndPlanned implements BatchingPolicy {

  private final CostModel costs;
  private final BatchAssembler<SimulatedRow> assembler;

  FairAndPlanned(int maxRows) {
    BatchShapes shapes = AnyShapes.of(maxRows, 128, 16_384, 100);
    costs = new CostModel(shapes, maxRows, 1);
    assembler = new BatchAssembler<>(new BatchPolicy(maxRows, Duration.ZERO), shapes, costs);
  }

  @Override
  public void offer(List<SimulatedRow> rows, long nowNanos) {
    assembler.offer(rows, nowNanos);
  }

  @Override
  public List<SimulatedRow> next(long nowNanos) {
    BatchPlan<SimulatedRow> plan = assembler.next(nowNanos, new ArrayList<>());
    return plan == null ? List.of() : plan.rows();
  }

  @Override
  public void ran(List<SimulatedRow> batch, long nanos) {
    BatchSize size = BatchSize.of(batch);
    costs.recordRun(size.padded(), size.tokens(), nanos);
  }
}
