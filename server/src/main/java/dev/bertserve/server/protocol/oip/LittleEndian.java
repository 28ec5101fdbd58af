package dev.bertserve.server.protocol.oip;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Values behind the JSON of a response. */
final class LittleEndian {

  private LittleEndian() {}

  /** Writes the lowest {@code bytes} bytes, from the lowest. */
  static void write(OutputStream sink, long value, int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      sink.write((int) (value >>> (Byte.SIZE * i)));
    }
  }

  /** Number of bytes of a text and its length. */
  static long bytes(String text) {
    return Integer.BYTES + (long) text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Writes a text after its number of bytes. */
  static void write(OutputStream sink, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    write(sink, utf8.length, Integer.BYTES);
    sink.write(utf8, 0, utf8.length);
  }
}
