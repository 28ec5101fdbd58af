package dev.bertserve.server.grpc;

/**
 * Where the server listens, and the limits on its clients.
 *
 * @param port 0 takes a free one
 * @param maxMessageBytes longest message of a client, compressed and decompressed
 * @param maxConnections connections open at once; see {@link ConnectionLimit}
 */
public record GrpcSettings(String host, int port, int maxMessageBytes, int maxConnections) {}
