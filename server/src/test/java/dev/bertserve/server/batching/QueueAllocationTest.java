package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.bertserve.server.batching.alternatives.SimulatedRow;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From the offer to the batch a row takes no memory but its own. */
final class QueueAllocationTest {

  private static final int MAX_ROWS = 64;
  private static final int ROWS = 50_000;

  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final BatchQueue<SimulatedRow> queue =
      new BatchQueue<>(
          new BatchPolicy(MAX_ROWS, 16_384, Duration.ZERO), new CostModel(1e6, 1e4), () -> 0);
  private final List<SimulatedRow> batch = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 128, 1_000})
  void rows_offeredAndTaken_takeNoMemory(int rowsOfARequest) throws InterruptedException {
    takeNoMemory(rowsOfARequest);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 128, 1_000})
  void rows_inSequencesOfSeveral_takeNoMemory(int rowsOfARequest) throws InterruptedException {
    queue.padTo(List.of(new BatchShape(1, 16, 1), new BatchShape(4, 128, 10)));
    takeNoMemory(rowsOfARequest);
  }

  private void takeNoMemory(int rowsOfARequest) throws InterruptedException {
    List<SimulatedRow> request = request(rowsOfARequest);
    fillAndEmpty(request);
    queue.offer(request);
    passThrough(request, 20);
    int requests = ROWS / rowsOfARequest;

    long before = thread.getCurrentThreadAllocatedBytes();
    passThrough(request, requests);
    long bytes = thread.getCurrentThreadAllocatedBytes() - before;

    // The JVM itself takes a few hundred bytes now and then; the smallest object a row takes 16.
    assertThat(bytes / ROWS).as(bytes + " bytes for " + ROWS + " rows, a row").isZero();
  }

  /** More waits than ever after, so that the queue has all the places that it will need. */
  private void fillAndEmpty(List<SimulatedRow> request) throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      queue.offer(request);
    }
    while (queue.waitingRows() > 0) {
      queue.take(batch);
    }
  }

  /** Keeps one request in the queue. */
  private void passThrough(List<SimulatedRow> request, int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      queue.offer(request);
      while (queue.waitingRows() > request.size()) {
        queue.take(batch);
      }
    }
  }

  private static List<SimulatedRow> request(int count) {
    Random lengths = new Random(count);
    List<SimulatedRow> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(new SimulatedRow(1, i, 3 + lengths.nextInt(125)));
    }
    return rows;
  }
}
