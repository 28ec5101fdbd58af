package dev.bertserve.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The entry point of a probe for containers without a shell: exits with 0 if the server on this
 * machine is ready, else with 1. It has no time limit; whatever runs a probe has one.
 */
public final class HealthProbe {

  private static final int DEFAULT_PORT = 8080;
  private static final String REQUEST =
      "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  private static final String READY = "HTTP/1.1 200";

  private HealthProbe() {}

  /** {@code args} may hold the port, if the environment does not. */
  public static void main(String[] args) {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : port(System.getenv());
    System.exit(isReady(port) ? 0 : 1);
  }

  /** The port that {@code serve} takes from the same variables. */
  static int port(Map<String, String> environment) {
    int vertex = number(environment.getOrDefault("AIP_HTTP_PORT", ""), DEFAULT_PORT);
    return number(environment.getOrDefault("BERTSERVE_PORT", ""), vertex);
  }

  /** Serve too ignores what Kubernetes sets: BERTSERVE_PORT=tcp://10.0.0.7:8080. */
  private static int number(String value, int otherwise) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  /** Uses a channel, because a {@code Socket} links lambdas of the JDK first. */
  static boolean isReady(int port) {
    InetSocketAddress server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (SocketChannel channel = SocketChannel.open(server)) {
      channel.write(ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII)));
      ByteBuffer status = ByteBuffer.allocate(READY.length());
      while (status.hasRemaining() && channel.read(status) >= 0) {
        // The status line may come in parts
      }
      return new String(status.array(), StandardCharsets.US_ASCII).equals(READY);
    } catch (IOException e) {
      return false;
    }
  }
}
