package dev.bertserve.server.serving;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Rows to be scored, independent of the wire format.
 *
 * @param rows one entry per row: its texts, in the order of {@link ModelSignature#inputs}
 * @param abandoned whether the caller has disconnected; called on any thread
 * @param timeout longest time that the caller waits
 */
public record PredictRequest(List<String[]> rows, BooleanSupplier abandoned, Duration timeout) {}
