package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.batching.BatchPolicy;
import dev.bertserve.server.batching.BatchQueue;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.batching.Batchable;
import dev.bertserve.server.batching.CostModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Rows of one request are offered and taken as a batch, or put in a queue of the JDK and drained.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Fork(value = 1, jvmArgsAppend = "-Xbatch")
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class QueueBenchmark {

  /** The queue. */
  public enum Queue {
    BERTSERVE {
      @Override
      Passage open() {
        BatchShapes shapes = ZeroCostEngine.SHAPES;
        BatchQueue<WaitingRow> queue =
            new BatchQueue<>(
                new BatchPolicy(64, Duration.ZERO),
                shapes,
                new CostModel(shapes, 64, 1),
                System::nanoTime);
        return (rows, batch) -> {
          queue.offer(rows);
          return queue.take().orElseThrow().rows().size();
        };
      }
    },
    JDK {
      @Override
      Passage open() {
        ArrayBlockingQueue<WaitingRow> queue = new ArrayBlockingQueue<>(64);
        return (rows, batch) -> {
          batch.clear();
          for (WaitingRow row : rows) {
            queue.add(row);
          }
          batch.add(queue.take());
          queue.drainTo(batch);
          return batch.size();
        };
      }
    };

    abstract Passage open();
  }

  /** Puts the rows in and takes them out. */
  interface Passage {
    int pass(List<WaitingRow> rows, List<WaitingRow> batch) throws InterruptedException;
  }

  /** A row that is never abandoned. */
  record WaitingRow(int tokens) implements Batchable {

    @Override
    public boolean closeIfUnwanted(long nowNanos) {
      return false;
    }

    @Override
    public void drop() {
      throw new IllegalStateException("row: dropped (expected: wanted)");
    }
  }

  @Param public Queue queue;

  @Param({"1", "64"})
  public int rows;

  private final List<WaitingRow> request = new ArrayList<>();
  private final List<WaitingRow> batch = new ArrayList<>();
  private Passage passage;

  @Setup
  public void open() {
    for (int i = 0; i < rows; i++) {
      request.add(new WaitingRow(16 + i % 16));
    }
    passage = queue.open();
  }

  /** 64 rows. */
  @Benchmark
  public int pass() throws InterruptedException {
    int passed = 0;
    while (passed < 64) {
      passed += passage.pass(request, batch);
    }
    if (passed != 64) {
      throw new IllegalStateException("rows: " + passed + " (expected: 64)");
    }
    return passed;
  }
}
