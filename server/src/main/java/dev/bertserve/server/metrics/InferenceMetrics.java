package dev.bertserve.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** What happened to the rows of one model, from admission to the answer. Any thread. */
public final class InferenceMetrics implements AutoCloseable {

  private static final int ROW_BUCKETS = 9;
  private static final int TOKEN_BUCKETS = 17;

  private final MeterRegistry registry;
  private final Tags model;
  private final List<Gauge> gauges;
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
   * Each scrape reads both suppliers.
   *
   * @param modelName the label of all meters
   * @param rowsInFlight rows admitted and not yet written
   * @param waitingRows rows in no batch yet
   */
  public InferenceMetrics(
      MetricsPage page, String modelName, IntSupplier rowsInFlight, IntSupplier waitingRows) {
    registry = page.registry();
    model = Tags.of("model", modelName);
    cacheHits = cacheRows("hit");
    cacheJoins = cacheRows("joined");
    cacheMisses = cacheRows("miss");
    tokenise = timer("bertserve.tokenise", "Time to turn a request's texts into ids");
    queueWait = timer("bertserve.queue.wait", "Time a row waited for its batch");
    inference = timer("bertserve.inference", "Time a batch spent in the model");
    batchRows = summary("bertserve.batch.rows", "Rows in a batch", ROW_BUCKETS);
    batchTokens = summary("bertserve.batch.tokens", "Tokens in a batch, unpadded", TOKEN_BUCKETS);
    paddedTokens =
        summary(
            "bertserve.batch.padded.tokens",
            "Tokens that ran for a batch, padding included",
            TOKEN_BUCKETS);
    gauges =
        List.of(
            gauge("bertserve.rows.in.flight", "Rows admitted and not yet written", rowsInFlight),
            gauge("bertserve.queue.rows", "Rows that wait for their batch", waitingRows));
  }

  /** Removes the gauges; counts stay, as those of a model that comes after it go on. */
  @Override
  public void close() {
    gauges.forEach(registry::remove);
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
        .tags(model)
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
        .tags(model)
        .tag("result", result)
        .register(registry);
  }

  private Gauge gauge(String name, String description, IntSupplier value) {
    return Gauge.builder(name, value, IntSupplier::getAsInt)
        .description(description)
        .tags(model)
        .strongReference(true)
        .register(registry);
  }

  private Timer timer(String name, String description) {
    return Timer.builder(name)
        .description(description)
        .tags(model)
        .serviceLevelObjectives(Buckets.latency())
        .register(registry);
  }

  private DistributionSummary summary(String name, String description, int buckets) {
    return DistributionSummary.builder(name)
        .description(description)
        .tags(model)
        .serviceLevelObjectives(Buckets.powersOfTwo(buckets))
        .register(registry);
  }
}
