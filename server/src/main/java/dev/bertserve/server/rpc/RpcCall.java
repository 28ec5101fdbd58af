package dev.bertserve.server.rpc;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A call besides its message.
 *
 * @param arrivedNanos when it began to arrive, as {@link System#nanoTime} counts
 * @param timeout from then until the client's deadline; a day if it sets none
 * @param abandoned whether the client has cancelled or disconnected; any thread may call it
 */
public record RpcCall(long arrivedNanos, Duration timeout, BooleanSupplier abandoned) {}
