package dev.bertserve.server.protocol.oip;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Values behind the JSON of a response. */
final class LittleEndian {

  private LittleEndian() {}

  /** Writes the lowest {@code bytes} bytes, from the lowest. */
  static void write(CodedOutputStream sink, long value, int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      sink.writeRawByte((byte) (value >>> (Byte.SIZE * i)));
    }
  }

  /** Number of bytes of a text and its length. */
  static long bytes(String text) {
    return Integer.BYTES + (long) text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Writes a text after its number of bytes. */
  static void write(CodedOutputStream sink, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    sink.writeFixed32NoTag(utf8.length);
    sink.writeRawBytes(utf8);
  }
}
