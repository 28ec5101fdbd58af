package dev.bertserve.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A client that sends bytes in random segments while it reads, and leaves in one of some ways. */
final class FuzzClient {

  /** What the client does when it has sent everything. */
  enum Ending {
    /** Closes its sending side, and reads to the end. */
    HALF_CLOSE,
    /** The same, but reads a few bytes at a time into a small window. */
    HALF_CLOSE_SLOW_READER,
    /** Resets the connection. */
    RESET,
    /** Closes, and has never read. */
    LEAVE_UNREAD
  }

  /**
   * What came back.
   *
   * @param whole whether the server ended the connection in order
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Received(byte[] bytes, boolean whole) {}

  /** Longer than any request takes; a client that waits longer hangs. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(90);

  private static final long PAUSE_NANOS = 50_000;
  private static final int MOST_SEGMENTS = 150;
  private static final int SMALL_WINDOW_BYTES = 2_048;
  private static final int SLOW_READ_BYTES = 700;
  private static final int READ_BYTES = 65_536;
  private static final int UNREAD_TURNS = 100;
  private static final int SHOWN_BYTES = 1_500;

  private final int port;
  private final Ending ending;
  private final Random random;

  FuzzClient(int port, Ending ending, Random random) {
    this.port = port;
    this.ending = ending;
    this.random = random;
  }

  Received exchange(byte[] bytes) throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      boolean small = ending == Ending.HALF_CLOSE_SLOW_READER || ending == Ending.LEAVE_UNREAD;
      if (small) {
        channel.setOption(StandardSocketOptions.SO_RCVBUF, SMALL_WINDOW_BYTES);
      }
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.configureBlocking(false);
      if (ending == Ending.LEAVE_UNREAD) {
        sendUnread(channel, ByteBuffer.wrap(bytes));
        return new Received(new byte[0], false);
      }
      return sendAndRead(channel, ByteBuffer.wrap(bytes));
    }
  }

  /** Sends until all is sent, or the server takes no more because nothing is read. */
  private void sendUnread(SocketChannel channel, ByteBuffer out) {
    int idleTurns = 0;
    int segmentBytes = segmentBytes(out.limit());
    while (out.hasRemaining() && idleTurns < UNREAD_TURNS) {
      int sent = send(channel, out, segmentBytes);
      if (sent < 0) {
        return;
      }
      if (sent > 0) {
        idleTurns = 0;
        continue;
      }
      idleTurns++;
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private Received sendAndRead(SocketChannel channel, ByteBuffer out) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    ByteBuffer in =
        ByteBuffer.allocate(ending == Ending.HALF_CLOSE_SLOW_READER ? SLOW_READ_BYTES : READ_BYTES);
    int segmentBytes = segmentBytes(out.limit());
    boolean halfClosed = false;
    long lastProgress = System.nanoTime();
    while (true) {
      int sent = out.hasRemaining() ? send(channel, out, segmentBytes) : 0;
      if (sent < 0) {
        return new Received(received.toByteArray(), false);
      }
      if (!out.hasRemaining() && !halfClosed) {
        if (ending == Ending.RESET) {
          channel.setOption(StandardSocketOptions.SO_LINGER, 0);
          return new Received(received.toByteArray(), false);
        }
        halfClosed = endOutput(channel);
      }
      int read;
      try {
        read = channel.read(in.clear());
      } catch (IOException e) {
        if (halfClosed) {
          throw new AssertionError("reset after everything was sent, having read: " + received, e);
        }
        return new Received(received.toByteArray(), false);
      }
      if (read < 0) {
        return new Received(received.toByteArray(), true);
      }
      received.write(in.array(), 0, read);
      if (sent + read > 0) {
        lastProgress = System.nanoTime();
      }
      if (System.nanoTime() - lastProgress > PATIENCE_NANOS) {
        throw new AssertionError("no end of the connection, having read: " + received);
      }
      if (sent + read == 0 || ending == Ending.HALF_CLOSE_SLOW_READER || random.nextInt(4) == 0) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  private int segmentBytes(int length) {
    int smallest = 1 + length / MOST_SEGMENTS;
    return smallest + (random.nextBoolean() ? 0 : random.nextInt(length + 1));
  }

  /** Returns the number of bytes sent, -1 if the server has reset the connection. */
  private int send(SocketChannel channel, ByteBuffer out, int segmentBytes) {
    int end = out.limit();
    out.limit(Math.min(end, out.position() + 1 + random.nextInt(segmentBytes)));
    try {
      return channel.write(out);
    } catch (IOException e) {
      return -1;
    } finally {
      out.limit(end);
    }
  }

  private static boolean endOutput(SocketChannel channel) {
    try {
      channel.shutdownOutput();
      return true;
    } catch (IOException e) {
      // The server has reset the connection before everything was sent.
      return false;
    }
  }

  /** Some of {@code bytes} on one line. */
  static String shown(byte[] bytes, int start, int end) {
    StringBuilder line = new StringBuilder();
    for (int i = start; i < Math.min(end, start + SHOWN_BYTES); i++) {
      char c = (char) (bytes[i] & 0xFF);
      line.append(c >= ' ' && c < 0x7F ? String.valueOf(c) : String.format("\\x%02x", (int) c));
    }
    return end - start <= SHOWN_BYTES ? line.toString() : line + "... (" + (end - start) + ")";
  }
}
