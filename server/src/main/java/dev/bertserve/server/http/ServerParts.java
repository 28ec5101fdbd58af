package dev.bertserve.server.http;

import dev.bertserve.server.access.Access;
import dev.bertserve.server.endpoint.Router;
import dev.bertserve.server.metrics.HttpMetrics;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * What all connections of a server share.
 *
 * @param access of which requests need a token, if there are any
 * @param arriving bounds request bodies until they are copied to the heap
 * @param compressing bounds the memory of compressors of responses
 * @param workers run endpoints on large bodies
 * @param clock nanoseconds, as {@link System#nanoTime} counts them
 */
record ServerParts(
    HttpSettings settings,
    Access access,
    Router router,
    HttpMetrics metrics,
    Connections connections,
    ByteBound arriving,
    ByteBound compressing,
    Executor workers,
    Failures failures,
    LongSupplier clock) {}
