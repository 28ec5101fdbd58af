package dev.bertserve.server.serving;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Rows to be scored, in no wire format.
 *
 * @param rows one entry a row: its texts, in the order of {@link ModelSignature#inputs}
 * @param abandoned whether the caller has gone; asked on any thread
 * @param timeout how long the caller waits, at most
 */
public record PredictRequest(List<String[]> rows, BooleanSupplier abandoned, Duration timeout) {}
