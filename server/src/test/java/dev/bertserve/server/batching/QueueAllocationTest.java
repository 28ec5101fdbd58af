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

/** Between offer and batch a row allocates nothing but its elements in the plan. */
final class QueueAllocationTest {

  private static final int MAX_ROWS = 64;
  private static final int ROWS = 50_000;

  private final ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** Objects and arrays of a plan, without their elements. */
  private static final int BYTES_OF_A_PLAN = 400;

  /** Elements of a row in the arrays and lists of a plan; some live during the call only. */
  private static final int BYTES_OF_A_ROW = 40;

  private int batches;

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 128, 1_000})
  void rows_offeredAndTaken_takeNoMemory(int rowsOfARequest) throws InterruptedException {
    takeNoMemory(queue(new ShapeRule(512, 100, 4, 48, 4, 2, 95).padded(1, 128)), rowsOfARequest);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 16, 128, 1_000})
  void rows_inSequencesOfSeveral_takeNoMemory(int rowsOfARequest) throws InterruptedException {
    takeNoMemory(
        queue(new BatchShapes(List.of(new BatchShape(1, 16, 1), new BatchShape(4, 128, 10)), 100)),
        rowsOfARequest);
  }

  private static BatchQueue<SimulatedRow> queue(BatchShapes shapes) {
    return new BatchQueue<>(
        new BatchPolicy(MAX_ROWS, Duration.ZERO),
        shapes,
        new CostModel(shapes, MAX_ROWS, 1),
        () -> 0);
  }

  private void takeNoMemory(BatchQueue<SimulatedRow> queue, int rowsOfARequest)
      throws InterruptedException {
    List<SimulatedRow> request = request(rowsOfARequest);
    fillAndEmpty(queue, request);
    queue.offer(request);
    passThrough(queue, request, 20);
    int requests = ROWS / rowsOfARequest;

    batches = 0;
    long before = thread.getCurrentThreadAllocatedBytes();
    passThrough(queue, request, requests);
    long bytes = thread.getCurrentThreadAllocatedBytes() - before;

    assertThat(bytes)
        .as("bytes for %d rows in %d batches", ROWS, batches)
        .isLessThan((long) BYTES_OF_A_PLAN * batches + (long) BYTES_OF_A_ROW * ROWS);
  }

  /** More rows wait than at any later time, so the queue has all entries that it needs. */
  private void fillAndEmpty(BatchQueue<SimulatedRow> queue, List<SimulatedRow> request)
      throws InterruptedException {
    for (int i = 0; i < 4; i++) {
      queue.offer(request);
    }
    while (queue.waitingRows() > 0) {
      queue.take();
      batches++;
    }
  }

  /** Keeps one request waiting. */
  private void passThrough(BatchQueue<SimulatedRow> queue, List<SimulatedRow> request, int times)
      throws InterruptedException {
    for (int i = 0; i < times; i++) {
      queue.offer(request);
      while (queue.waitingRows() > request.size()) {
        queue.take();
        batches++;
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
