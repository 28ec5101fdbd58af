package dev.bertserve.server.storage;

import com.google.cloud.ReadChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Function;

/** The bytes of a part of an object as they arrive over one connection. One thread. */
final class ObjectStream implements AutoCloseable {

  private final ReadChannel channel;
  private final Function<Exception, StorageFailure> failures;
  private final long end;
  private long position;

  /**
   * Takes ownership of {@code channel}, which connects at the first read.
   *
   * @param failures words what goes wrong with it
   */
  ObjectStream(
      ReadChannel channel, long from, long to, Function<Exception, StorageFailure> failures) {
    this.channel = channel;
    this.failures = failures;
    position = from;
    end = to;
  }

  /** Reads some bytes; throws if there are none before the end of the part. */
  void read(ByteBuffer buffer) throws StorageFailure {
    int count;
    try {
      count = channel.read(buffer);
    } catch (IOException | RuntimeException e) {
      throw failures.apply(e);
    }
    if (count < 0) {
      throw failures.apply(new IOException("ended at byte " + position + " of " + end));
    }
    position += count;
  }

  @Override
  public void close() {
    channel.close();
  }
}
