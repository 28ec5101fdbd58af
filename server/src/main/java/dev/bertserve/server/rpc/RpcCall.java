package dev.bertserve.server.rpc;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * A call besides its message.
 *
 * @param timeout until the client's deadline; a day if it sets none
 * @param abandoned whether the client has cancelled or disconnected; any thread may call it
 */
public record RpcCall(Duration timeout, BooleanSupplier abandoned) {}
