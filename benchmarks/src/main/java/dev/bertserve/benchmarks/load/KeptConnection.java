package dev.bertserve.benchmarks.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** One connection that asks and waits, over and over. One thread. */
final class KeptConnection implements AutoCloseable {

  /** {@code last} if the server closes the connection after it. */
  record Answer(int status, String body, boolean last) {}

  private final Socket socket;
  private final InputStream in;

  KeptConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream());
  }

  Answer ask(List<String> texts) throws IOException {
    byte[] body = Json.instances(texts).getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    String head = "POST /predict HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length;
    request.writeBytes((head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    request.writeBytes(body);
    socket.getOutputStream().write(request.toByteArray());
    int status = Integer.parseInt(line().split(" ", 3)[1]);
    int length = 0;
    boolean last = false;
    for (String header = line(); !header.isEmpty(); header = line()) {
      String lower = header.toLowerCase(Locale.ROOT);
      if (lower.startsWith("content-length:")) {
        length = Integer.parseInt(lower.substring(lower.indexOf(':') + 1).trim());
      }
      last |= lower.equals("connection: close");
    }
    return new Answer(status, new String(in.readNBytes(length), StandardCharsets.UTF_8), last);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new IOException("connection closed after '" + line + "' (expected: an answer)");
      }
      line.write(c);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }
}
