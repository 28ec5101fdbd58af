package dev.bertserve.benchmarks.latency;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One connection that sends one-row requests, never the same text twice. One thread. */
final class KeepAliveClient implements AutoCloseable {

  private static final int NUMBER_DIGITS = 12;
  private static final String BODY =
      "{\"instances\":[\"a gripping, beautifully acted film no "
          + "0".repeat(NUMBER_DIGITS)
          + "\"]}";
  private static final byte[] HEAD_END = bytes("\r\n\r\n");
  private static final byte[] LENGTH = bytes("content-length: ");
  private static final byte[] OK = bytes("HTTP/1.1 200 ");

  private final Socket socket;
  private final OutputStream out;
  private final InputStream in;
  private final byte[] request;
  private final byte[] answer = new byte[4 * 1024];
  private long number;

  /** Numbers the texts from {@code firstNumber} on. */
  KeepAliveClient(int port, long firstNumber) throws IOException {
    this.number = firstNumber;
    request =
        bytes(
            "POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                + "Content-Length: "
                + BODY.length()
                + "\r\n\r\n"
                + BODY);
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setTcpNoDelay(true);
    out = socket.getOutputStream();
    in = socket.getInputStream();
  }

  /**
   * Sends one request and reads its response; returns the length of the response. Throws unless the
   * status is 200.
   */
  int ask() throws IOException {
    writeNumber(number++);
    out.write(request);
    int read = 0;
    int end = -1;
    while (end < 0 || read < end) {
      int more = in.read(answer, read, answer.length - read);
      if (more < 0) {
        throw new EOFException("answer: " + read + " bytes (expected: a whole one)");
      }
      read += more;
      if (end < 0) {
        end = end(read);
      }
    }
    if (find(OK, OK.length) != 0) {
      throw new IOException(
          "answer: " + new String(answer, 0, read, StandardCharsets.UTF_8) + " (expected: 200)");
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }

  private void writeNumber(long value) {
    long left = value;
    int last = request.length - "\"]}".length() - 1;
    for (int i = 0; i < NUMBER_DIGITS; i++) {
      request[last - i] = (byte) ('0' + left % 10);
      left /= 10;
    }
  }

  /**
   * End of the response of which {@code read} bytes have arrived; -1 until its head is complete.
   */
  private int end(int read) {
    int head = find(HEAD_END, read);
    if (head < 0) {
      return -1;
    }
    int at = find(LENGTH, head);
    if (at < 0) {
      throw new IllegalStateException("answer: no content-length (expected: one)");
    }
    int length = 0;
    for (int i = at + LENGTH.length; answer[i] != '\r'; i++) {
      length = 10 * length + answer[i] - '0';
    }
    return head + HEAD_END.length + length;
  }

  private int find(byte[] wanted, int end) {
    for (int at = 0; at + wanted.length <= end; at++) {
      int same = 0;
      while (same < wanted.length && answer[at + same] == wanted[same]) {
        same++;
      }
      if (same == wanted.length) {
        return at;
      }
    }
    return -1;
  }

  private static byte[] bytes(String ascii) {
    return ascii.getBytes(StandardCharsets.US_ASCII);
  }
}
