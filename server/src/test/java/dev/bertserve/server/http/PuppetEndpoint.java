package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Endpoint;
import dev.bertserve.server.endpoint.HttpFailure;
import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.endpoint.Response;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/** Answers with one body of pieces, as the test says, and records how it is used. */
final class PuppetEndpoint implements Endpoint {

  static final int ENDLESS = Integer.MAX_VALUE;

  final Body body = new Body();
  final CompletableFuture<Response> held = new CompletableFuture<>();
  final CountDownLatch asked = new CountDownLatch(1);
  volatile boolean holding;
  volatile boolean failingFailure;
  volatile byte[] received = new byte[0];
  volatile String thread = "";
  volatile long arrivedNanos;
  volatile BooleanSupplier abandoned = () -> false;
  volatile CountDownLatch blocker = new CountDownLatch(0);

  @Override
  public CompletionStage<Response> handle(Request request) {
    thread = Thread.currentThread().getName();
    abandoned = request.abandoned();
    arrivedNanos = request.arrivedNanos();
    received = request.body();
    asked.countDown();
    try {
      blocker.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return holding ? held : CompletableFuture.completedFuture(response());
  }

  /** A dialect of its own. */
  @Override
  public Response failure(HttpFailure failure) {
    if (failingFailure) {
      throw new IllegalStateException("as the test says");
    }
    String text = "puppet: " + failure.getMessage();
    return failure.response(
        "text/plain", Payload.whole(sink -> sink.write(text.getBytes(StandardCharsets.UTF_8))));
  }

  Response response() {
    return Response.json(body);
  }

  /** Writes {@link #pieces} pieces of the letter x. */
  static final class Body implements Payload {

    final AtomicInteger written = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();
    volatile int pieces = 1;
    volatile int failingPiece = -1;
    volatile byte[] piece = {'x'};

    /** Writes that came after a close. */
    final AtomicInteger late = new AtomicInteger();

    @Override
    public boolean writeTo(OutputStream sink) throws IOException {
      if (closes.get() > 0) {
        late.incrementAndGet();
      }
      int number = written.getAndIncrement();
      if (number == failingPiece) {
        throw new IOException("as the test says");
      }
      sink.write(piece);
      return number + 1 < pieces;
    }

    @Override
    public void close() {
      closes.incrementAndGet();
    }
  }
}
