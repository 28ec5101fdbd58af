package dev.bertserve.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What happened to rows between the door and the answer. Any thread. */
public final class InferenceMetrics {

  private static final int ROW_BUCKETS = 9;
  private static final int TOKEN_BUCKETS = 17;

  private final MeterRegistry registry;
  private final ConcurrentMap<String, Counter> refusals = new ConcurrentHashMap<>();
  private final Counter cacheHits;
  private final Counter cacheJoins;
  private final Counter cacheMisses;
  private final Timer tokenise;
  private final Timer queueWait;
  private final Timer inference;
  private final DistributionSummary batchRows;
  private final DistributionSummary batchTokens;
  private final DistributionSummary paddedTokens;

  /**
   * Both are asked at each scrape.
   *
   * @param rowsInFlight answers rows let in and not yet answered
   * @param waitingRows answers rows in no batch yet
   */
  public InferenceMetrics(MetricsPage page, IntSupplier rowsInFlight, IntSupplier waitingRows) {
    registry = page.registry();
    cacheHits = cacheRows("hit");
    cacheJoins = cacheRows("joined");
    cacheMisses = cacheRows("miss");
    tokenise = timer(registry, "bertserve.tokenise", "Time to turn a request's texts into ids");
    queueWait = timer(registry, "bertserve.queue.wait", "Time a row waited for its batch");
    inference = timer(registry, "bertserve.inference", "Time a batch spent in the model");
    batchRows = summary(registry, "bertserve.batch.rows", "Rows in a batch", ROW_BUCKETS);
    batchTokens =
        summary(registry, "bertserve.batch.tokens", "Tokens in a batch, unpadded", TOKEN_BUCKETS);
    paddedTokens =
        summary(
            registry,
            "bertserve.batch.padded.tokens",
            "Tokens that ran for a batch, padding included",
            TOKEN_BUCKETS);
    gauge(registry, "bertserve.rows.in.flight", "Rows admitted and not yet answered", rowsInFlight);
    gauge(registry, "bertserve.queue.rows", "Rows that wait for their batch", waitingRows);
  }

  /** One row was answered from the cache. */
  public void cacheHit() {
    cacheHits.increment();
  }

  /** One row waits for the same text, which is on its way. */
  public void cacheJoined() {
    cacheJoins.increment();
  }

  /** One row has to run. */
  public void cacheMiss() {
    cacheMisses.increment();
  }

  /** One request was refused for {@code reason}, of which there are few. */
  public void refused(String reason) {
    Counter counter = refusals.get(reason);
    if (counter == null) {
      counter = refusals.computeIfAbsent(reason, this::refusalCounter);
    }
    counter.increment();
  }

  private Counter refusalCounter(String reason) {
    return Counter.builder("bertserve.refused")
        .description("Requests refused at the door")
        .tag("reason", reason)
        .register(registry);
  }

  /** The texts of one request were tokenised in {@code nanos}. */
  public void tokenised(long nanos) {
    tokenise.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** One row waited {@code nanos} for its batch. */
  public void waited(long nanos) {
    queueWait.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** One batch ran: its rows, their tokens without and with padding, and the model's time. */
  public void ran(int rows, int tokens, int tokensWithPadding, long nanos) {
    batchRows.record(rows);
    batchTokens.record(tokens);
    paddedTokens.record(tokensWithPadding);
    inference.record(nanos, TimeUnit.NANOSECONDS);
  }

  private Counter cacheRows(String result) {
    return Counter.builder("bertserve.cache.rows")
        .description("Rows by what the cache knew of them")
        .tag("result", result)
        .register(registry);
  }

  private static void gauge(
      MeterRegistry registry, String name, String description, IntSupplier value) {
    Gauge.builder(name, value, IntSupplier::getAsInt)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private static Timer timer(MeterRegistry registry, String name, String description) {
    return Timer.builder(name)
        .description(description)
        .serviceLevelObjectives(Buckets.latency())
        .register(registry);
  }

  private static DistributionSummary summary(
      MeterRegistry registry, String name, String description, int buckets) {
    return DistributionSummary.builder(name)
        .description(description)
        .serviceLevelObjectives(Buckets.powersOfTwo(buckets))
        .register(registry);
  }
}
