package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.fixture.AnyShapes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class BatchQueueTest {

  private static final int MAX_ROWS = 4;
  private static final long SECOND = 1_000_000_000L;

  private final BatchQueue<Item> queue = queue(new BatchPolicy(MAX_ROWS, Duration.ZERO), MAX_ROWS);

  @Test
  void take_rowsOfTwoOffers_givesOneBatchOfBoth() throws InterruptedException {
    queue.offer(items(0, 2));
    queue.offer(items(2, 3));

    assertThat(take()).extracting(item -> item.number).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void take_moreThanMaxRows_capsEachBatch() throws InterruptedException {
    queue.offer(items(0, 10));

    assertThat(take()).extracting(item -> item.number).containsExactly(0, 1, 2, 3);
    assertThat(take()).extracting(item -> item.number).containsExactly(4, 5, 6, 7);
    assertThat(take()).extracting(item -> item.number).containsExactly(8, 9);
    assertThat(queue.waitingRows()).isZero();
  }

  @Test
  void take_rowOfferedLater_leavesTheClosedBatchAlone() throws InterruptedException {
    queue.offer(items(0, 1));
    List<Item> batch = take();

    queue.offer(items(1, 2));

    assertThat(batch).hasSize(1);
    assertThat(queue.waitingRows()).isEqualTo(1);
  }

  @Test
  void take_closedQueue_handsOutWhatWaitsThenTheEmptyBatch() throws InterruptedException {
    queue.offer(items(0, 1));
    queue.close();

    assertThat(take()).hasSize(1);
    assertThat(take()).isEmpty();
    assertThat(take()).isEmpty();
  }

  @Test
  void offer_closedQueue_rejectsAllRows() {
    queue.close();

    assertThat(queue.offer(items(0, 2))).isFalse();
    assertThat(queue.waitingRows()).isZero();
  }

  @Test
  void take_abandonedRows_dropsEachOnceAndLeavesNoHole() throws InterruptedException {
    List<Item> items = items(0, 6);
    items.get(0).abandoned = true;
    items.get(3).abandoned = true;
    queue.offer(items);

    assertThat(take()).extracting(item -> item.number).containsExactly(1, 2, 4, 5);
    assertThat(items).extracting(item -> item.drops).containsExactly(1, 0, 0, 1, 0, 0);
  }

  @Test
  void take_onlyAbandonedRows_dropsThemAndGoesOn() throws InterruptedException {
    List<Item> items = items(0, 3);
    items.forEach(item -> item.abandoned = true);
    queue.offer(items);
    queue.close();

    assertThat(take()).isEmpty();
    assertThat(items).extracting(item -> item.drops).containsOnly(1);
  }

  @Test
  void take_emptyQueue_waitsForARow() throws Exception {
    ExecutorService taker = Executors.newSingleThreadExecutor();
    try {
      Future<List<Item>> batch = taker.submit(this::take);
      queue.offer(items(7, 8));

      assertThat(batch.get()).extracting(item -> item.number).containsExactly(7);
    } finally {
      taker.shutdownNow();
    }
  }

  @Test
  void close_waitingTakers_endsThemAll() throws Exception {
    ExecutorService takers = Executors.newFixedThreadPool(3);
    try {
      List<Future<List<Item>>> batches = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        batches.add(takers.submit(this::take));
      }
      queue.close();

      for (Future<List<Item>> batch : batches) {
        assertThat(batch.get()).isEmpty();
      }
    } finally {
      takers.shutdownNow();
    }
  }

  @Test
  void take_manyOfferersAndTakers_losesNoRow() throws Exception {
    long seed = System.nanoTime();
    int offerers = 4;
    int rowsEach = 5_000;
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<Future<List<Integer>>> taken = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        taken.add(threads.submit(this::takeAll));
      }
      List<Callable<Void>> offers = new ArrayList<>();
      for (int i = 0; i < offerers; i++) {
        int first = i * rowsEach;
        Random random = new Random(seed + i);
        offers.add(
            () -> {
              for (int next = first; next < first + rowsEach; ) {
                int end = Math.min(first + rowsEach, next + 1 + random.nextInt(2 * MAX_ROWS));
                assertThat(queue.offer(items(next, end))).isTrue();
                next = end;
              }
              return null;
            });
      }
      for (Future<Void> offer : threads.invokeAll(offers)) {
        offer.get();
      }
      queue.close();

      List<Integer> all = new ArrayList<>();
      for (Future<List<Integer>> part : taken) {
        all.addAll(part.get());
      }
      assertThat(all)
          .as("seed " + seed)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, offerers * rowsEach).boxed().toList());
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void policy_noRows_isRejected() {
    assertThatThrownBy(() -> new BatchPolicy(0, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxRows: 0 (expected: >= 1)");
  }

  @Test
  void sweep_abandonedRow_dropsItWhileNobodyTakes() {
    List<Item> items = items(0, 2);
    items.get(0).abandoned = true;
    queue.offer(items);

    queue.sweep();

    assertThat(items).extracting(item -> item.drops).containsExactly(1, 0);
    assertThat(queue.waitingRows()).isEqualTo(1);
  }

  @Test
  void sweep_dropsThrow_dropsTheOtherRowsToo() {
    List<Item> items = items(0, 4);
    items.forEach(item -> item.abandoned = true);
    items.get(0).failure = new OutOfMemoryError("as the test says");
    items.get(2).failure = new IllegalStateException("as the test says");
    queue.offer(items);

    assertThatThrownBy(queue::sweep).isSameAs(items.get(0).failure);

    assertThat(items).extracting(item -> item.drops).containsOnly(1);
  }

  @Test
  void expected_afterABatch_countsWhatIsAhead() {
    assertThat(queue.expectedNanos(new Work(1, 1))).isZero();
    queue.recordRun(4, 4, SECOND);
    queue.offer(items(0, 80));

    assertThat(queue.drainNanos()).isBetween(199 * SECOND / 10, 201 * SECOND / 10);
    assertThat(queue.expectedNanos(new Work(1, 1))).isLessThan(queue.drainNanos());
    assertThat(queue.expectedNanos(new Work(4, 4))).isLessThan(queue.drainNanos());
    assertThat(queue.expectedNanos(new Work(40, 40))).isGreaterThan(queue.drainNanos());
  }

  @Test
  void expected_requestOfManyRows_countsWhatMayOvertakeIt() {
    queue.recordRun(4, 4, SECOND);
    long alone = queue.expectedNanos(new Work(8, 8));
    assertThat(alone).isBetween(199 * SECOND / 100, 201 * SECOND / 100);
    queue.offer(items(0, 4));

    // Half a second for the running batch, one for the waiting rows, and one for rows that may
    // overtake.
    assertThat(queue.expectedNanos(new Work(8, 8)) - alone)
        .isBetween(249 * SECOND / 100, 251 * SECOND / 100);
  }

  @Test
  void take_shapes_batchIsNoLargerThanOne() throws InterruptedException {
    BatchQueue<Item> ofPairs = queue(new BatchPolicy(MAX_ROWS, Duration.ZERO), 2);
    ofPairs.offer(items(0, 3));

    assertThat(ofPairs.take().orElseThrow().rows()).hasSize(2);
    assertThat(ofPairs.take().orElseThrow().rows()).hasSize(1);
  }

  private List<Item> take() throws InterruptedException {
    return queue.take().map(BatchPlan::rows).orElse(List.of());
  }

  private static BatchQueue<Item> queue(BatchPolicy policy, int rowsOfAShape) {
    BatchShapes shapes = AnyShapes.of(rowsOfAShape, 1, rowsOfAShape, 1_000_000_000);
    return new BatchQueue<>(policy, shapes, new CostModel(shapes, policy.maxRows(), 1), () -> 0);
  }

  private List<Integer> takeAll() throws InterruptedException {
    List<Integer> numbers = new ArrayList<>();
    for (List<Item> batch = take(); !batch.isEmpty(); batch = take()) {
      assertThat(batch).hasSizeLessThanOrEqualTo(MAX_ROWS);
      batch.forEach(item -> numbers.add(item.number));
    }
    return numbers;
  }

  private static List<Item> items(int from, int to) {
    return IntStream.range(from, to).mapToObj(Item::new).toList();
  }

  private static final class Item implements Batchable {
    final int number;
    boolean abandoned;
    int drops;
    Throwable failure;

    Item(int number) {
      this.number = number;
    }

    @Override
    public int tokens() {
      return 1;
    }

    @Override
    public boolean closeIfUnwanted(long nowNanos) {
      return abandoned;
    }

    @Override
    public void drop() {
      drops++;
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
    }
  }
}
