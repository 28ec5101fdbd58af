package dev.bertserve.server.endpoint;

import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * One HTTP request that has arrived completely.
 *
 * @param method such as POST
 * @param path decoded, without the query
 * @param pathValues values of the variables in the route's path, by name
 * @param header value of a header by its name in any case, or the empty string
 * @param body decoded if it was compressed; owned by the request, not copied
 * @param arrivedNanos when it began to arrive, as {@link System#nanoTime} counts
 * @param abandoned whether the client has disconnected; any thread may call it
 */
@SuppressWarnings("ArrayRecordComponent")
public record Request(
    String method,
    String path,
    Map<String, String> pathValues,
    UnaryOperator<String> header,
    byte[] body,
    long arrivedNanos,
    BooleanSupplier abandoned) {}
