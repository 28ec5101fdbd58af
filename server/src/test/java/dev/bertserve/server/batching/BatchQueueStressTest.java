package dev.bertserve.server.batching;

import dev.bertserve.server.fixture.AnyShapes;
import dev.bertserve.server.fixture.Stress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads race on a queue: every row comes out once or is rejected. */
@Timeout(60)
final class BatchQueueStressTest {

  @Test
  void offer_racesWithClose_isTakenOrRefused() throws Exception {
    Stress.run(
        () ->
            new QueueRace() {
              private boolean offered;

              @Override
              public List<Callable<?>> actors() {
                return List.of(() -> offered = queue.offer(List.of(first)), this::close);
              }

              @Override
              public String outcome() throws Exception {
                takeTheRest();
                return (offered ? "offered, " : "refused, ") + first;
              }
            },
        Map.of(
            "offered, taken 1 dropped 0", "it came before the close, and is handed out after it",
            "refused, taken 0 dropped 0", "the close came first; the row is the caller's"));
  }

  @Test
  void offers_raceWithEachOtherAndATaker_areTakenOnceEach() throws Exception {
    Stress.run(
        () ->
            new QueueRace() {
              @Override
              public List<Callable<?>> actors() {
                return List.of(
                    () -> queue.offer(List.of(first)),
                    () -> queue.offer(List.of(second)),
                    this::takeBatch);
              }

              @Override
              public String outcome() throws Exception {
                close();
                takeTheRest();
                return first + ", " + second;
              }
            },
        Map.of(
            "taken 1 dropped 0, taken 1 dropped 0",
            "in one batch or in two, each row is in one of them"));
  }

  @Test
  void takers_raceForOneRowAndTheClose_giveItToOne() throws Exception {
    Stress.run(
        () ->
            new QueueRace() {
              @Override
              public List<Callable<?>> actors() {
                return List.of(
                    this::takeBatch,
                    this::takeBatch,
                    () -> {
                      queue.offer(List.of(first));
                      return close();
                    });
              }

              @Override
              public String outcome() {
                return first.toString();
              }
            },
        Map.of("taken 1 dropped 0", "one taker has it, the other sees the end"));
  }

  @Test
  void sweep_racesWithATakerForAnAbandonedRow_dropsItOnce() throws Exception {
    Stress.run(
        () ->
            new QueueRace() {
              @Override
              public List<Callable<?>> actors() {
                first.abandoned = true;
                queue.offer(List.of(first, second));
                return List.of(
                    this::takeBatch,
                    () -> {
                      queue.sweep();
                      return null;
                    });
              }

              @Override
              public String outcome() {
                return first + ", " + second;
              }
            },
        Map.of(
            "taken 0 dropped 1, taken 1 dropped 0",
            "whoever meets the abandoned row first drops it; the other row is run"));
  }

  /** A queue and two rows that count their outcomes. */
  private abstract static class QueueRace implements Stress.Race {
    private static final BatchShapes SHAPES = AnyShapes.of(4, 1, 4, 1_000_000_000);

    final BatchQueue<Item> queue =
        new BatchQueue<>(
            new BatchPolicy(4, Duration.ZERO), SHAPES, new CostModel(SHAPES, 4, 1), () -> 0);
    final Item first = new Item();
    final Item second = new Item();

    Object close() {
      queue.close();
      return queue;
    }

    Object takeBatch() throws InterruptedException {
      Optional<BatchPlan<Item>> batch = queue.take();
      batch.ifPresent(plan -> plan.rows().forEach(item -> item.taken.incrementAndGet()));
      return batch;
    }

    void takeTheRest() throws InterruptedException {
      Optional<BatchPlan<Item>> batch = queue.take();
      while (batch.isPresent()) {
        batch.get().rows().forEach(item -> item.taken.incrementAndGet());
        batch = queue.take();
      }
    }
  }

  private static final class Item implements Batchable {
    final AtomicInteger taken = new AtomicInteger();
    final AtomicInteger dropped = new AtomicInteger();
    boolean abandoned;

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
      dropped.incrementAndGet();
    }

    @Override
    public String toString() {
      return "taken " + taken + " dropped " + dropped;
    }
  }
}
