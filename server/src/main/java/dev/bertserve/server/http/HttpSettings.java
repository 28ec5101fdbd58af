package dev.bertserve.server.http;

import java.time.Duration;

/**
 * Where the server listens, and the limits on its clients.
 *
 * @param host address to listen on
 * @param port 0 takes a free one
 * @param eventLoops threads that serve connections
 * @param maxBodyBytes longest request body, compressed and decompressed
 * @param maxArrivingBytes memory for bodies that are arriving, over all connections
 * @param maxConnections connections open at once; see {@link Connections}
 * @param requestTimeout for a request to arrive, and for a client to take a response
 * @param idleTimeout for a connection between requests
 * @param drainGrace how long a stopping server still waits for a request on an idle connection
 */
public record HttpSettings(
    String host,
    int port,
    int eventLoops,
    int maxBodyBytes,
    long maxArrivingBytes,
    int maxConnections,
    Duration requestTimeout,
    Duration idleTimeout,
    Duration drainGrace) {

  public static final int DEFAULT_PORT = 8080;
  public static final int DEFAULT_MAX_BODY_BYTES = 10 * 1024 * 1024;
  public static final int DEFAULT_MAX_CONNECTIONS = 8_192;

  private static final int MAX_PORT = 65_535;
  private static final int MOST_ARRIVING_BYTES = 128 * 1024 * 1024;

  /** Part of the heap that bodies may take as they arrive. */
  private static final int ARRIVING_PART = 4;

  public HttpSettings {
    if (port < 0 || port > MAX_PORT) {
      throw new IllegalArgumentException("port: " + port + " (expected: 0 to 65535)");
    }
    if (eventLoops < 1) {
      throw new IllegalArgumentException("eventLoops: " + eventLoops + " (expected: >= 1)");
    }
    if (maxBodyBytes < 1) {
      throw new IllegalArgumentException("maxBodyBytes: " + maxBodyBytes + " (expected: >= 1)");
    }
    if (maxArrivingBytes < maxBodyBytes) {
      throw new IllegalArgumentException(
          "maxArrivingBytes: " + maxArrivingBytes + " (expected: >= maxBodyBytes)");
    }
    if (maxConnections < 1) {
      throw new IllegalArgumentException("maxConnections: " + maxConnections + " (expected: >= 1)");
    }
    requirePositive("requestTimeout", requestTimeout);
    requirePositive("idleTimeout", idleTimeout);
    requirePositive("drainGrace", drainGrace);
  }

  /** The defaults, on {@code host} and {@code port}. */
  public static HttpSettings of(String host, int port) {
    return new HttpSettings(
        host,
        port,
        Runtime.getRuntime().availableProcessors(),
        DEFAULT_MAX_BODY_BYTES,
        arrivingBytes(Runtime.getRuntime().maxMemory(), DEFAULT_MAX_BODY_BYTES),
        DEFAULT_MAX_CONNECTIONS,
        Duration.ofSeconds(60),
        Duration.ofMinutes(10),
        Duration.ofMillis(500));
  }

  /** What arriving bodies may take beside a heap of {@code heapBytes}; at least one body. */
  public static long arrivingBytes(long heapBytes, int maxBodyBytes) {
    return Math.max(maxBodyBytes, Math.min(MOST_ARRIVING_BYTES, heapBytes / ARRIVING_PART));
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.isNegative() || duration.isZero()) {
      throw new IllegalArgumentException(name + ": " + duration + " (expected: positive)");
    }
  }
}
