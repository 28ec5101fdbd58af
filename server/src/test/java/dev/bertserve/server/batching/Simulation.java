package dev.bertserve.server.batching;

import dev.bertserve.server.batching.alternatives.BatchingPolicy;
import dev.bertserve.server.batching.alternatives.Bucketed;
import dev.bertserve.server.batching.alternatives.Fifo;
import dev.bertserve.server.batching.alternatives.SimulatedRow;
import dev.bertserve.server.batching.alternatives.SortedWindow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * Simulates traffic through one batching policy, without threads or real time. Run {@link #main}
 * for the tables of docs/decisions/batching.md.
 */
final class Simulation {

  private static final int MAX_ROWS = 64;

  /** An event: a request arrives or a batch ends. */
  private record Event(long atNanos, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atNanos, other.atNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private static final class Open {
    final long sinceNanos;
    final boolean ofJob;
    int missing;
    int jobLeft;

    Open(long sinceNanos, int rows, boolean ofJob) {
      this.sinceNanos = sinceNanos;
      this.missing = rows;
      this.ofJob = ofJob;
    }
  }

  private final Traffic traffic;
  private final BatchingPolicy forming;
  private final Random random;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Open> requests = new ArrayList<>();
  private final int[] left;
  private final Latencies online = new Latencies();
  private final Latencies job = new Latencies();

  private int jobs;
  private int idleRunners;
  private long now;
  private long order;
  private long busyNanos;
  private long tokens;
  private long padded;
  private long rows;

  private Simulation(Traffic traffic, BatchingPolicy forming, long seed) {
    this.traffic = traffic;
    this.forming = forming;
    this.random = new Random(seed);
    this.idleRunners = traffic.machine().runners();
    this.left = new int[1 << 16];
  }

  static Report run(String name, Traffic traffic, BatchingPolicy forming, long nanos, long seed) {
    Simulation simulation = new Simulation(traffic, forming, seed);
    simulation.at(traffic.untilNextOnline(0, simulation.random), simulation::onlineArrives);
    simulation.at(traffic.untilNextJob(simulation.random), simulation::jobStarts);
    while (simulation.events.peek() != null && simulation.events.peek().atNanos() < nanos) {
      Event event = simulation.events.poll();
      simulation.now = event.atNanos();
      event.action().run();
      simulation.startRunners();
    }
    return simulation.report(name);
  }

  /** Prints the tables of docs/decisions/batching.md: {@code hours} of traffic for each machine. */
  public static void main(String[] args) {
    long seed = 7;
    Traffic cpu = new Traffic(Traffic.Machine.CPU, 0.25, 0.45, 128, 8, 40);
    Traffic cpuLight = new Traffic(Traffic.Machine.CPU, 0.08, 0.08, 128, 8, 5);
    Traffic gpu = new Traffic(Traffic.Machine.GPU, 0.1, 0.6, 128, 32, 400);
    print("24 h, 16 % load, " + cpu.machine().name(), cpuLight, 24 * 3600_000_000_000L, seed);
    print("24 h, 70 % load, " + cpu.machine().name(), cpu, 24 * 3600_000_000_000L, seed);
    print("10 min, 70 % load, " + gpu.machine().name(), gpu, 600_000_000_000L, seed);
  }

  private static void print(String title, Traffic traffic, long nanos, long seed) {
    System.out.println(title + ", seed " + seed);
    System.out.println(Report.HEADER);
    for (String name : Report.POLICIES) {
      long start = System.nanoTime();
      Report report = run(name, traffic, policy(name), nanos, seed);
      System.out.printf(
          Locale.ROOT, "%s  (%.1f s)%n", report.line(), (System.nanoTime() - start) / 1e9);
    }
  }

  static BatchingPolicy policy(String name) {
    return switch (name) {
      case "fifo" -> new Fifo(MAX_ROWS);
      case "bucketed" -> new Bucketed(MAX_ROWS);
      case "sorted" -> new SortedWindow(MAX_ROWS);
      case "chosen" -> new FairAndPlanned(MAX_ROWS);
      default -> throw new IllegalArgumentException("policy: " + name + " (expected: a known one)");
    };
  }

  private void at(long nanos, Runnable action) {
    events.add(new Event(nanos, order++, action));
  }

  private void onlineArrives() {
    open(1, false);
    at(now + traffic.untilNextOnline(now, random), this::onlineArrives);
  }

  private void jobStarts() {
    int number = jobs++ % left.length;
    left[number] = traffic.jobRequests();
    for (int i = 0; i < traffic.jobParallel(); i++) {
      nextOfJob(number);
    }
    at(now + traffic.untilNextJob(random), this::jobStarts);
  }

  private void nextOfJob(int number) {
    if (left[number] > 0) {
      left[number]--;
      open(traffic.jobRows(), true).jobLeft = number;
    }
  }

  private Open open(int count, boolean ofJob) {
    Open open = new Open(now, count, ofJob);
    forming.offer(Traffic.rows(requests.size(), count, random), now);
    requests.add(open);
    return open;
  }

  private void startRunners() {
    while (idleRunners > 0) {
      List<SimulatedRow> batch = forming.next(now);
      if (batch.isEmpty()) {
        return;
      }
      idleRunners--;
      BatchSize size = BatchSize.of(batch);
      long nanos = traffic.machine().nanos(size);
      busyNanos += nanos;
      tokens += size.tokens();
      padded += size.padded();
      rows += size.rows();
      at(now + nanos, () -> ended(batch, nanos));
    }
  }

  private void ended(List<SimulatedRow> batch, long nanos) {
    idleRunners++;
    forming.ran(batch, nanos);
    for (SimulatedRow row : batch) {
      Open open = requests.get(row.request);
      if (--open.missing > 0) {
        continue;
      }
      (open.ofJob ? job : online).add(now - open.sinceNanos);
      if (open.ofJob) {
        nextOfJob(open.jobLeft);
      }
    }
  }

  private Report report(String name) {
    double seconds = busyNanos / 1e9 / traffic.machine().runners();
    return new Report(
        name,
        rows,
        rows / seconds,
        (double) padded / tokens - 1,
        online.millis(0.5),
        online.millis(0.99),
        job.millis(0.5),
        job.millis(0.99),
        job.millis(1));
  }

  /** Times of requests, in order of completion. */
  private static final class Latencies {
    private long[] nanos = new long[1024];
    private int count;

    void add(long value) {
      if (count == nanos.length) {
        nanos = Arrays.copyOf(nanos, 2 * count);
      }
      nanos[count++] = value;
    }

    double millis(double share) {
      if (count == 0) {
        return 0;
      }
      long[] sorted = Arrays.copyOf(nanos, count);
      Arrays.sort(sorted);
      return sorted[(int) Math.min(count - 1, Math.floor(share * count))] / 1e6;
    }
  }

  /**
   * One row of the table.
   *
   * @param rowsPerBusySecond number of rows per second in which all runners were busy
   * @param waste padding per real token
   */
  record Report(
      String policy,
      long rows,
      double rowsPerBusySecond,
      double waste,
      double onlineP50Millis,
      double onlineP99Millis,
      double jobP50Millis,
      double jobP99Millis,
      double jobMaxMillis) {

    static final List<String> POLICIES = List.of("fifo", "bucketed", "sorted", "chosen");
    static final String HEADER =
        "policy        rows  rows/s busy  padding  online p50, p99 ms  job p50, p99, max ms";

    String line() {
      return String.format(
          Locale.ROOT,
          "%-8s %9d %12.1f %7.1f%% %9.0f %8.0f %9.0f %8.0f %8.0f",
          policy,
          rows,
          rowsPerBusySecond,
          100 * waste,
          onlineP50Millis,
          onlineP99Millis,
          jobP50Millis,
          jobP99Millis,
          jobMaxMillis);
    }
  }
}
