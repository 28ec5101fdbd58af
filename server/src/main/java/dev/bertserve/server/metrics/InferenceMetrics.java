package dev.bertserve.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * Meters of the rows of one model version, from admission to output. Versions of a model share
 * them; their gauges add up. Any thread.
 */
public final class InferenceMetrics implements AutoCloseable {

  private static final int ROW_BUCKETS = 9;
  private static final int TOKEN_BUCKETS = 17;

  private final MeterRegistry registry;
  private final Tags model;
  private final List<GaugeSum.Part> gauges;
  private final ConcurrentMap<String, Counter> rejections = new ConcurrentHashMap<>();
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
   * @param rowsInFlight number of rows admitted and not yet written
   * @param waitingRows number of rows in no batch yet
   */
  public InferenceMetrics(
      MetricsPage page, String modelName, IntSupplier rowsInFlight, IntSupplier waitingRows) {
    registry = page.registry();
    model = Tags.of("model", modelName);
    cacheHits = cacheRows("hit");
    cacheJoins = cacheRows("joined");
    cacheMisses = cacheRows("miss");
    tokenise = timer("bertserve.tokenise", "Time to tokenise a request");
    queueWait = timer("bertserve.queue.wait", "Time a row waited for its batch");
    inference = timer("bertserve.inference", "Time a batch spent in the model");
    batchRows = summary("bertserve.batch.rows", "Rows in a batch", ROW_BUCKETS);
    batchTokens = summary("bertserve.batch.tokens", "Tokens in a batch, unpadded", TOKEN_BUCKETS);
    paddedTokens =
        summary(
            "bertserve.batch.padded.tokens", "Tokens in a batch, including padding", TOKEN_BUCKETS);
    gauges =
        List.of(
            page.gauge(
                "bertserve.rows.in.flight",
                "Rows admitted and not yet written",
                model,
                rowsInFlight),
            page.gauge("bertserve.queue.rows", "Rows waiting for a batch", model, waitingRows));
  }

  /** Removes what this version adds to the gauges of its model. Counts remain. */
  @Override
  public void close() {
    gauges.forEach(GaugeSum.Part::close);
  }

  /** Records a row whose output was cached. */
  public void recordCacheHit() {
    cacheHits.increment();
  }

  /** Records a row that joined an equal row in flight. */
  public void recordCacheJoin() {
    cacheJoins.increment();
  }

  /** Records a row that has to run. */
  public void recordCacheMiss() {
    cacheMisses.increment();
  }

  /** Records a request that was rejected for {@code reason}; there are few reasons. */
  public void recordRejection(String reason) {
    Counter counter = rejections.get(reason);
    if (counter == null) {
      counter = rejections.computeIfAbsent(reason, this::rejectionCounter);
    }
    counter.increment();
  }

  private Counter rejectionCounter(String reason) {
    return Counter.builder("bertserve.refused")
        .description("Requests rejected at admission")
        .tags(model)
        .tag("reason", reason)
        .register(registry);
  }

  /** Records the time to tokenise the texts of one request. */
  public void recordTokenise(long nanos) {
    tokenise.record(nanos, TimeUnit.NANOSECONDS);
  }

  /** Records the time that one row waited for its batch. */
  public void recordWait(long nanos) {
    queueWait.record(nanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Records a batch: its number of rows, of tokens without and with padding, and its time in the
   * engine.
   */
  public void recordRun(int rows, int tokens, int tokensWithPadding, long nanos) {
    batchRows.record(rows);
    batchTokens.record(tokens);
    paddedTokens.record(tokensWithPadding);
    inference.record(nanos, TimeUnit.NANOSECONDS);
  }

  private Counter cacheRows(String result) {
    return Counter.builder("bertserve.cache.rows")
        .description("Rows by result of the cache look-up")
        .tags(model)
        .tag("result", result)
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
