package dev.bertserve.benchmarks.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Parses consecutive responses from arriving bytes; each has a Content-Length. */
final class AnswerBytes {

  private static final int FIRST_BYTES = 1 << 10;
  private static final String LENGTH = "\r\ncontent-length:";

  private ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);
  private boolean last;

  /** Reads the bytes that have arrived; returns false at the end of the stream. */
  boolean readFrom(ReadableByteChannel channel) throws IOException {
    if (!bytes.hasRemaining()) {
      ByteBuffer larger = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), 4 * bytes.capacity()));
      bytes = larger.position(bytes.position());
    }
    return channel.read(bytes) >= 0;
  }

  /** The response once it is complete; bytes after it are dropped. */
  Target.@Nullable Reply take() {
    int bodyAt = afterHead();
    if (bodyAt < 0) {
      return null;
    }
    String head = new String(bytes.array(), 0, bodyAt, StandardCharsets.ISO_8859_1);
    String lower = head.toLowerCase(Locale.ROOT);
    int lengthAt = lower.indexOf(LENGTH) + LENGTH.length();
    int length = Integer.parseInt(head.substring(lengthAt, head.indexOf('\r', lengthAt)).trim());
    if (bytes.position() < bodyAt + length) {
      return null;
    }
    int status = Integer.parseInt(head.split(" ", 3)[1]);
    String body = new String(bytes.array(), bodyAt, length, StandardCharsets.UTF_8);
    last = lower.contains("\r\nconnection: close");
    bytes.clear();
    return new Target.Reply(status, body);
  }

  /** Whether the server closes the connection after the returned response. */
  boolean last() {
    return last;
  }

  private int afterHead() {
    byte[] array = bytes.array();
    for (int i = 3; i < bytes.position(); i++) {
      if (array[i] == '\n'
          && array[i - 1] == '\r'
          && array[i - 2] == '\n'
          && array[i - 3] == '\r') {
        return i + 1;
      }
    }
    return -1;
  }
}
