package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchPolicy;
import java.time.Duration;

/**
 * How one model is served.
 *
 * @param policy limits on a batch
 * @param maxRowsInFlight rows admitted and not yet written
 * @param maxBytesInFlight bytes of texts and answers admitted and not yet written
 * @param cacheBytes memory for known answers; 0 for none
 * @param deadline longest that a request may take
 * @param runTimeout time after which a batch in the engine hangs
 * @param runners threads that each run a batch; 0 for as many as a trial finds best
 */
public record ServingSettings(
    BatchPolicy policy,
    int maxRowsInFlight,
    long maxBytesInFlight,
    long cacheBytes,
    Duration deadline,
    Duration runTimeout,
    int runners) {}
