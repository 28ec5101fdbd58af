package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A predict route over plain sockets; each request uses a free connection or a new one. One thread
 * does everything while it waits for the next time to send, so the client costs the measured
 * machine little.
 */
final class HttpTarget implements Target, Time, AutoCloseable {

  private static final long TIMEOUT_SECONDS = 60;
  private static final long NANOS_IN_MILLI = 1_000_000;
  private static final long LONGEST_WAIT_MILLIS = 100;

  /**
   * Shortest time between two checks for responses, since each check takes a processor from the
   * server. Responses seem late by up to this time.
   */
  private static final long PAUSE_NANOS = 4 * NANOS_IN_MILLI;

  private final InetSocketAddress address;
  private final String head;
  private final Selector selector;

  /** Free connections, the last used one first. */
  private final ArrayDeque<Connection> idle = new ArrayDeque<>();

  /** Texts as they appear in a request. */
  private final Map<String, byte[]> quoted = new HashMap<>();

  private final long gatherNanos;
  private long exchangedNanos = System.nanoTime();

  HttpTarget(URI url) throws IOException {
    this(url, Duration.ZERO);
  }

  /** Sends requests that are due within {@code gather} together at its end. */
  HttpTarget(URI url, Duration gather) throws IOException {
    gatherNanos = gather.toNanos();
    address = new InetSocketAddress(url.getHost(), url.getPort());
    head = "POST " + url.getPath() + " HTTP/1.1\r\nHost: " + url.getHost() + "\r\nContent-Length: ";
    selector = Selector.open();
  }

  @Override
  public CompletableFuture<Reply> send(List<String> texts) {
    ByteBuffer request = request(texts);
    CompletableFuture<Reply> reply =
        new CompletableFuture<Reply>()
            .completeOnTimeout(new Reply(0, "no answer"), TIMEOUT_SECONDS, TimeUnit.SECONDS);
    Connection connection = idle.pollFirst();
    (connection == null ? new Connection() : connection).ask(request, reply);
    return reply;
  }

  private ByteBuffer request(List<String> texts) {
    int length = Json.START.length() + texts.size() - 1 + Json.END.length();
    for (String text : texts) {
      length += quoted.computeIfAbsent(text, HttpTarget::quote).length;
    }
    byte[] start = ascii(head + length + "\r\n\r\n" + Json.START);
    ByteBuffer request = ByteBuffer.allocate(start.length - Json.START.length() + length);
    request.put(start);
    for (int i = 0; i < texts.size(); i++) {
      if (i > 0) {
        request.put((byte) ',');
      }
      request.put(quoted.computeIfAbsent(texts.get(i), HttpTarget::quote));
    }
    return request.put(ascii(Json.END)).flip();
  }

  private static byte[] quote(String text) {
    return Json.quoted(text).getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  /** Accurate to a millisecond plus {@code gather}, never early. */
  @Override
  public void waitUntil(long nanos) {
    while (nanos - nanos() > 0) {
      pause(nanos);
      long left = nanos - nanos();
      exchange((left + NANOS_IN_MILLI - 1) / NANOS_IN_MILLI);
    }
  }

  @Override
  public void await(CompletableFuture<?> answers) {
    while (!answers.isDone()) {
      pause(Long.MAX_VALUE);
      exchange(LONGEST_WAIT_MILLIS);
    }
  }

  /** Lets responses accumulate briefly, and requests for as long as allowed. */
  private void pause(long sendNanos) {
    long until =
        Math.max(Math.min(exchangedNanos + PAUSE_NANOS, sendNanos), exchangedNanos + gatherNanos);
    for (long left = until - nanos(); left > 0; left = until - nanos()) {
      LockSupport.parkNanos(left);
    }
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }

  /** Waits for at most {@code millis}, then sends and receives what is ready. */
  private void exchange(long millis) {
    try {
      if (millis > 0) {
        selector.select(HttpTarget::ready, millis);
      } else {
        selector.selectNow(HttpTarget::ready);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    exchangedNanos = nanos();
  }

  private static void ready(SelectionKey key) {
    ((Connection) key.attachment()).ready();
  }

  /** A connection with one request at a time. */
  private final class Connection {

    private final AnswerBytes answer = new AnswerBytes();
    private @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private ByteBuffer request = ByteBuffer.allocate(0);
    private @Nullable CompletableFuture<Reply> asked;

    void ask(ByteBuffer newRequest, CompletableFuture<Reply> reply) {
      request = newRequest;
      asked = reply;
      try {
        if (channel == null) {
          connect();
        }
        ready();
      } catch (IOException e) {
        end(e.toString());
      }
    }

    private void connect() throws IOException {
      SocketChannel opened = SocketChannel.open();
      channel = opened;
      opened.configureBlocking(false);
      opened.setOption(StandardSocketOptions.TCP_NODELAY, true);
      key = opened.register(selector, SelectionKey.OP_CONNECT, this);
      opened.connect(address);
    }

    /** Continues as far as possible without blocking. */
    void ready() {
      SocketChannel open = channel;
      SelectionKey registered = key;
      if (open == null || registered == null) {
        return;
      }
      try {
        if (!open.isConnected() && !open.finishConnect()) {
          return;
        }
        if (request.hasRemaining()) {
          open.write(request);
        }
        registered.interestOps(
            request.hasRemaining() ? SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        if (registered.isValid() && registered.isReadable()) {
          read(open);
        }
      } catch (IOException e) {
        end(e.toString());
      }
    }

    private void read(SocketChannel open) throws IOException {
      if (!answer.readFrom(open)) {
        end("connection closed");
        return;
      }
      Reply reply = answer.take();
      if (reply == null) {
        return;
      }
      if (answer.last()) {
        open.close();
      } else {
        idle.addFirst(this);
      }
      answered(reply);
    }

    private void end(String reason) {
      idle.remove(this);
      try {
        if (channel != null) {
          channel.close();
        }
      } catch (IOException e) {
        // The connection is closed in any case.
      }
      answered(new Reply(0, reason));
    }

    private void answered(Reply reply) {
      CompletableFuture<Reply> waiting = asked;
      asked = null;
      if (waiting != null) {
        waiting.complete(reply);
      }
    }
  }
}
