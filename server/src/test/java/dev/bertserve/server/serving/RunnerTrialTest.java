package dev.bertserve.server.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RunnerTrialTest {

  @Test
  void best_moreRunnersFaster_isTheMaximum() {
    assertThat(RunnerTrial.best(8, runners -> runners)).isEqualTo(8);
  }

  @Test
  void best_fewerEquallyFast_isTheMaximum() {
    assertThat(RunnerTrial.best(8, runners -> runners < 8 ? 1.15 : 1)).isEqualTo(8);
  }

  @Test
  void best_twoProcessorsAreOneCore_isHalfOfTheMaximum() {
    Map<Integer, Double> rates = Map.of(8, 80.0, 4, 100.0, 2, 60.0);

    assertThat(RunnerTrial.best(8, rates::get)).isEqualTo(4);
  }

  @Test
  void best_eachMoreIsInTheWay_isOne() {
    List<Integer> tried = new ArrayList<>();

    assertThat(
            RunnerTrial.best(
                6,
                runners -> {
                  tried.add(runners);
                  return 1.0 / runners;
                }))
        .isEqualTo(1);
    assertThat(tried).containsExactly(3, 6, 3, 6, 3, 6, 1, 3, 1, 3, 1, 3);
  }

  @Test
  void best_fewerFasterTwiceOnly_isTheMaximum() {
    Queue<Double> rates = new ArrayDeque<>(List.of(60.0, 40.0, 60.0, 20.0, 60.0, 100.0));

    assertThat(RunnerTrial.best(2, runners -> rates.remove())).isEqualTo(2);
  }

  @Test
  void best_shapes_runsOneOfAQuarterOfTheLargest() {
    Paced engine = new Paced();

    assertThat(new RunnerTrial(engine, Runnable::run, () -> engine.nanos).best(2)).isEqualTo(2);

    assertThat(engine.ran).containsOnly(new BatchShape(4, 16));
  }

  @Test
  void best_oneRunner_runsNothing() {
    Paced engine = new Paced();

    assertThat(new RunnerTrial(engine, Runnable::run, () -> engine.nanos).best(1)).isEqualTo(1);
    assertThat(engine.ran).isEmpty();
  }

  /** Takes 3 ms of its own clock per 16 tokens, one run after the other. */
  private static final class Paced implements Engine {

    private final List<BatchShape> ran = new ArrayList<>();
    private long nanos;

    @Override
    public void runPadding(BatchShape shape) {
      ran.add(shape);
      nanos += TimeUnit.MILLISECONDS.toNanos(3L * shape.tokens() / 16);
    }

    @Override
    public BatchShapes shapes() {
      return new BatchShapes(
          List.of(
              new BatchShape(16, 16),
              new BatchShape(8, 16),
              new BatchShape(4, 16),
              new BatchShape(3, 16),
              new BatchShape(2, 16),
              new BatchShape(1, 16)),
          1);
    }

    @Override
    public List<OutputSpec> outputs() {
      return List.of();
    }

    @Override
    public List<Column> run(BatchPlan<EncodedRow> batch) {
      return List.of();
    }

    @Override
    public void close() {}
  }
}
