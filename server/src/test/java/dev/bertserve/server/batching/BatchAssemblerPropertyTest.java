package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.batching.alternatives.SimulatedRow;
import dev.bertserve.server.fixture.AnyShapes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;

/** Random requests, batches, disconnects and times: no row is lost, duplicated or starved. */
final class BatchAssemblerPropertyTest {

  private static final int STEPS = 400;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final int maxRows = 1 + random.nextInt(16);
  private final int maxTokens = 64 + random.nextInt(512);
  private final int fixedTokens = (int) Math.pow(10, random.nextInt(7));
  private BatchShapes shapes = AnyShapes.of(maxRows, 128, maxTokens, fixedTokens);
  private CostModel costs = new CostModel(shapes, maxRows, 1);
  private BatchAssembler<SimulatedRow> assembler = assembler();

  private final List<SimulatedRow> inside = new ArrayList<>();

  /** Tokens of virtual time after which no later row overtakes a row. */
  private final Map<SimulatedRow, Double> safeAt = new HashMap<>();

  /** Number of batches within which a row that cannot be overtaken must run. */
  private final Map<SimulatedRow, Integer> bound = new HashMap<>();

  private final Set<SimulatedRow> out = new HashSet<>();
  private long now;
  private long pacedAt;
  private double paced;

  @RepeatedTest(50)
  void assembler_randomTraffic_keepsItsPromises() {
    keepsItsPromises();
  }

  @RepeatedTest(50)
  void assembler_sequencesOfSeveralRows_keepsItsPromises() {
    List<BatchShape> packed = new ArrayList<>();
    for (int count = 1; count <= 4; count++) {
      packed.add(new BatchShape(count, 128, 1 + random.nextInt(12)));
    }
    packed.add(new BatchShape(1, 16, 1));
    packed.add(new BatchShape(1, 64, 5));
    shapes = new BatchShapes(packed, fixedTokens);
    costs = new CostModel(shapes, maxRows, 1);
    assembler = assembler();
    keepsItsPromises();
  }

  private BatchAssembler<SimulatedRow> assembler() {
    return new BatchAssembler<>(new BatchPolicy(maxRows, Duration.ZERO), shapes, costs);
  }

  private void keepsItsPromises() {
    for (int step = 0; step < STEPS; step++) {
      now += random.nextInt(2_000_000);
      if (random.nextInt(3) == 0) {
        offer(step);
      }
      if (random.nextInt(4) == 0 && !inside.isEmpty()) {
        inside.get(random.nextInt(inside.size())).unwanted = true;
      }
      if (random.nextInt(2) == 0) {
        next();
      }
      assertThat(assembler.rows()).as("seed " + seed).isEqualTo(inside.size());
    }
    while (!inside.isEmpty()) {
      next();
    }
    assertThat(assembler.waiting()).as("seed " + seed).isEqualTo(new Work(0, 0));
  }

  private void offer(int request) {
    pace();
    double tokens = paced;
    List<SimulatedRow> rows = new ArrayList<>();
    int count = 1 + random.nextInt(random.nextBoolean() ? 1 : 3 * maxRows);
    for (int i = 0; i < count; i++) {
      SimulatedRow row = new SimulatedRow(request, i, 1 + random.nextInt(128));
      rows.add(row);
      tokens += row.tokens();
      safeAt.put(row, tokens);
    }
    inside.addAll(rows);
    assembler.offer(rows, now);
  }

  private void next() {
    pace();
    noteBounds();
    List<SimulatedRow> closed = new ArrayList<>();
    BatchPlan<SimulatedRow> plan = assembler.next(now, closed);
    List<SimulatedRow> batch = plan == null ? List.of() : plan.rows();
    for (SimulatedRow row : closed) {
      assertThat(row.unwanted).as("seed " + seed).isTrue();
      leave(row);
    }
    for (SimulatedRow row : batch) {
      assertThat(row.unwanted).as("seed " + seed).isFalse();
      leave(row);
    }
    if (plan == null) {
      assertThat(inside).as("seed " + seed).isEmpty();
      return;
    }
    assertThat(batch).as("seed " + seed).hasSizeBetween(1, maxRows);
    assertThat(shapes.largestFirst()).as("seed " + seed).contains(plan.shape());
    assertThat(batch)
        .as("seed " + seed)
        .allMatch(row -> row.tokens() <= plan.shape().length())
        .hasSizeLessThanOrEqualTo(plan.shape().maxRows());
    bound.replaceAll((row, left) -> left - 1);
    assertThat(bound.values()).as("seed " + seed).allMatch(left -> left > 0);
    int tokens = batch.stream().mapToInt(SimulatedRow::tokens).sum();
    costs.recordRun(plan.paddedTokens(), tokens, 1 + random.nextInt(1_000_000));
  }

  private void noteBounds() {
    for (SimulatedRow row : inside) {
      if (paced > safeAt.get(row)) {
        bound.putIfAbsent(row, inside.size() + 1);
      }
    }
  }

  /** Lower bound of the virtual time. */
  private void pace() {
    double turnNanos = assembler.overtakenNanos(1);
    paced += turnNanos == 0 ? 0 : (now - pacedAt) / turnNanos;
    pacedAt = now;
  }

  private void leave(SimulatedRow row) {
    assertThat(out.add(row)).as("seed " + seed).isTrue();
    assertThat(inside.remove(row)).as("seed " + seed).isTrue();
    bound.remove(row);
  }
}
