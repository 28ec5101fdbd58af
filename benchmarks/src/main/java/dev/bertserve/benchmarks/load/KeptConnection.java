package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One connection that sends a request and waits for the response, repeatedly. One thread. */
final class KeptConnection implements AutoCloseable {

  private final SocketChannel channel;
  private final AnswerBytes answer = new AnswerBytes();

  KeptConnection(int port) throws IOException {
    channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  Target.Reply ask(List<String> texts) throws IOException {
    byte[] body = Json.instances(texts).getBytes(StandardCharsets.UTF_8);
    String head =
        "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length + "\r\n\r\n";
    ByteBuffer request = ByteBuffer.allocate(head.length() + body.length);
    request.put(head.getBytes(StandardCharsets.US_ASCII)).put(body).flip();
    while (request.hasRemaining()) {
      channel.write(request);
    }
    Target.@Nullable Reply reply = null;
    while (reply == null) {
      if (!answer.readFrom(channel)) {
        throw new IOException("connection closed (expected: an answer)");
      }
      reply = answer.take();
    }
    return reply;
  }

  /** Whether the server closes the connection after the last response. */
  boolean isLast() {
    return answer.last();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
