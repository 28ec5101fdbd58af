package dev.bertserve.server.serving;

import dev.bertserve.server.batching.BatchPolicy;
import java.time.Duration;

/**
 * Settings of one served model.
 *
 * @param policy limits on a batch
 * @param maxRowsInFlight largest number of rows admitted and not yet written
 * @param maxBytesInFlight largest number of bytes of their texts and outputs
 * @param cacheBytes memory for cached outputs; 0 for no cache
 * @param deadline longest time of a request
 * @param runTimeout time after which a batch in the engine counts as hanging
 * @param runners number of threads that each run a batch; 0 runs a trial to find the best number
 */
public record ServingSettings(
    BatchPolicy policy,
    int maxRowsInFlight,
    long maxBytesInFlight,
    long cacheBytes,
    Duration deadline,
    Duration runTimeout,
    int runners) {}
