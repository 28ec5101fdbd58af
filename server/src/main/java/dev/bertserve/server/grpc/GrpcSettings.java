package dev.bertserve.server.grpc;

import java.time.Duration;

/**
 * Where the server listens, and the limits on its clients.
 *
 * @param port 0 takes a free one
 * @param maxMessageBytes longest message of a client, compressed and decompressed
 * @param maxConnections connections open at once; see {@link ConnectionLimit}
 * @param requestTimeout for a call to arrive, and for a client to take its response
 */
public record GrpcSettings(
    String host, int port, int maxMessageBytes, int maxConnections, Duration requestTimeout) {}
