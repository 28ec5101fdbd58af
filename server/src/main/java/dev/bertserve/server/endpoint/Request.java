package dev.bertserve.server.endpoint;

import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;

/**
 * One HTTP request that has arrived completely.
 *
 * @param method such as POST
 * @param path without the query
 * @param header value of a header by its name in any case, or the empty string
 * @param body decoded if it was compressed; owned by the request, not copied
 * @param abandoned whether the client has disconnected; any thread may call it
 */
@SuppressWarnings("ArrayRecordComponent")
public record Request(
    String method,
    String path,
    UnaryOperator<String> header,
    byte[] body,
    BooleanSupplier abandoned) {}
