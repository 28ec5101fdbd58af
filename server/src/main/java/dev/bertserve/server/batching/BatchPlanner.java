package dev.bertserve.server.batching;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;

/**
 * Plans the next batch from rows in order of turn: picks the rows, their shape, and the position of
 * each row in it. One thread.
 */
public sealed interface BatchPlanner permits PackedPlanner, PaddedPlanner {

  /** Returns the planner for {@code shapes}. */
  static BatchPlanner of(BatchShapes shapes, int maxRows, CostModel costs) {
    return shapes.isPacked()
        ? new PackedPlanner(shapes, maxRows, costs)
        : new PaddedPlanner(shapes, maxRows, costs);
  }

  /**
   * Plans the batch that holds row 0. Row 0 must fit some shape.
   *
   * @param tokens length of each available row, in order of turn; further entries are ignored
   * @param rows number of available rows
   * @param share of the best yield that a quicker batch must reach
   */
  Placement plan(int[] tokens, int rows, double share);

  /**
   * Plans batches for all of {@code rows}.
   *
   * @return batches of indexes into {@code rows}
   */
  static <R> List<BatchPlan<Integer>> planAll(
      BatchShapes shapes, List<R> rows, ToIntFunction<R> length) {
    int maxRows = shapes.largestFirst().stream().mapToInt(BatchShape::maxRows).max().orElse(1);
    BatchPlanner planner = of(shapes, maxRows, new CostModel(shapes, maxRows, 1));
    List<Integer> open = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      shapes.ofOneRow(length.applyAsInt(rows.get(i)));
      open.add(i);
    }
    List<BatchPlan<Integer>> plans = new ArrayList<>();
    while (!open.isEmpty()) {
      int[] tokens = open.stream().mapToInt(i -> length.applyAsInt(rows.get(i))).toArray();
      Placement placement = planner.plan(tokens, tokens.length, 1);
      List<Integer> picked = new ArrayList<>();
      for (int index : placement.rows()) {
        picked.add(open.get(index));
      }
      plans.add(placement.planOf(picked));
      open.removeAll(picked);
    }
    return plans;
  }
}
