package dev.bertserve.server.batching;

import dev.bertserve.server.batching.alternatives.Forming;
import dev.bertserve.server.batching.alternatives.SimulatedRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The assembler and its cost model, as the queue uses them. */
final class FairAndLikeLengths implements Forming {

  private final CostModel costs = new CostModel(1e6, 1e4);
  private final BatchAssembler<SimulatedRow> assembler;

  FairAndLikeLengths(int maxRows) {
    assembler = new BatchAssembler<>(new BatchPolicy(maxRows, 16_384, Duration.ZERO), costs);
  }

  @Override
  public void offer(List<SimulatedRow> rows, long nowNanos) {
    assembler.offer(rows, nowNanos);
  }

  @Override
  public List<SimulatedRow> next(long nowNanos) {
    List<SimulatedRow> batch = new ArrayList<>();
    assembler.next(nowNanos, batch, new ArrayList<>());
    return batch;
  }

  @Override
  public void ran(List<SimulatedRow> batch, long nanos) {
    costs.observe(size(batch), nanos);
  }

  static BatchSize size(List<SimulatedRow> batch) {
    int tokens = 0;
    int longest = 0;
    for (SimulatedRow row : batch) {
      tokens += row.tokens();
      longest = Math.max(longest, row.tokens());
    }
    return new BatchSize(batch.size(), tokens, longest);
  }
}
