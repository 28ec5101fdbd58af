package dev.bertserve.server.storage;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A part of an object on its way into a file; it continues where a connection broke. One thread.
 */
final class PartDownload {

  private static final int BUFFER = 1 << 18;

  private final ObjectReader reader;
  private final Attempts attempts;
  private final LongConsumer arrived;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER);

  /**
   * @param arrived gets the number of bytes that were written, again and again
   */
  PartDownload(ObjectReader reader, Attempts attempts, LongConsumer arrived) {
    this.reader = reader;
    this.attempts = attempts;
    this.arrived = arrived;
  }

  /**
   * Writes bytes {@code from} to {@code to} of {@code object} to the same place in {@code file};
   * returns their CRC-32C.
   */
  int run(StoredObject object, FileChannel file, long from, long to) throws IOException {
    CRC32C checksum = new CRC32C();
    long position = from;
    while (position < to) {
      StorageFailure failure = null;
      try (ObjectStream stream = reader.open(object, position, to)) {
        while (failure == null && position < to) {
          failure = fill(stream, to - position);
          buffer.flip();
          checksum.update(buffer.duplicate());
          position += write(file, position);
        }
      }
      if (failure != null) {
        attempts.fail(failure);
      }
    }
    return (int) checksum.getValue();
  }

  /** Fills the buffer, or what is missing of the part; returns why it did not, if so. */
  private @Nullable StorageFailure fill(ObjectStream stream, long missing)
      throws InterruptedIOException {
    buffer.clear().limit((int) Math.min(missing, buffer.capacity()));
    try {
      while (buffer.hasRemaining()) {
        if (Thread.interrupted()) {
          throw new InterruptedIOException("interrupted");
        }
        stream.read(buffer);
      }
      return null;
    } catch (StorageFailure e) {
      return e;
    }
  }

  private int write(FileChannel file, long position) throws IOException {
    int count = buffer.remaining();
    if (count > 0) {
      attempts.succeed();
    }
    long end = position;
    while (buffer.hasRemaining()) {
      end += file.write(buffer, end);
    }
    arrived.accept(count);
    return count;
  }
}
