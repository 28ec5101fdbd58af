package dev.bertserve.server.bulk;

import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackInputStream;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a file as they are read.
 *
 * @param stream unpacked
 * @param file where they come from; null for standard input
 */
record FileBytes(InputStream stream, @Nullable FileInputStream file) {

  private static final int BYTE_ORDER_MARK = 0xfeff;
  private static final byte[] BIG_ENDIAN = {(byte) 0xfe, (byte) 0xff};
  private static final byte[] LITTLE_ENDIAN = {(byte) 0xff, (byte) 0xfe};

  /** Those of {@code path}; null for standard input. */
  static FileBytes of(@Nullable Path path) throws IOException {
    if (path == null) {
      return new FileBytes(Packing.unpacked(System.in), null);
    }
    try {
      FileInputStream file = new FileInputStream(path.toFile());
      return new FileBytes(Packing.unpacked(new BufferedInputStream(file, 1 << 16)), file);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          "file: " + path + " (expected: a file that can be read, or -)", e);
    }
  }

  /** As text in UTF-8, without a byte order mark; malformed bytes become U+FFFD. */
  Reader text() throws IOException {
    PushbackInputStream bytes = new PushbackInputStream(stream, 2);
    byte[] start = bytes.readNBytes(2);
    if (Arrays.equals(start, BIG_ENDIAN) || Arrays.equals(start, LITTLE_ENDIAN)) {
      throw new IOException("UTF-16 (expected: UTF-8)");
    }
    bytes.unread(start);
    PushbackReader text = new PushbackReader(new InputStreamReader(bytes, StandardCharsets.UTF_8));
    int first = text.read();
    if (first >= 0 && first != BYTE_ORDER_MARK) {
      text.unread(first);
    }
    return text;
  }

  /** Share of the bytes that were read; 0 if it is not known. */
  double share() throws IOException {
    return file == null || file.getChannel().size() == 0
        ? 0
        : (double) file.getChannel().position() / file.getChannel().size();
  }
}
