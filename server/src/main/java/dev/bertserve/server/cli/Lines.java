package dev.bertserve.server.cli;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Input of a command as lines of text. */
final class Lines {

  private static final String STANDARD_INPUT = "-";
  private static final int BUFFER = 1 << 16;

  private Lines() {}

  /** {@code file} in UTF-8, or standard input for {@code -}; malformed bytes become U+FFFD. */
  static BufferedReader open(String file) throws IOException {
    return new BufferedReader(counted(file).reader());
  }

  /** The same, with how far it was read. A file that ends in .gz is unpacked. */
  static Counted counted(String file) throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      return new Counted(new InputStreamReader(System.in, StandardCharsets.UTF_8), null);
    }
    FileInputStream bytes;
    try {
      bytes = new FileInputStream(file);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException("file: " + file + " (expected: a file or -)", e);
    }
    InputStream text = file.endsWith(".gz") ? new GZIPInputStream(bytes, BUFFER) : bytes;
    return new Counted(new InputStreamReader(text, StandardCharsets.UTF_8), bytes);
  }

  /**
   * Text of an input.
   *
   * @param file where its bytes come from; null for standard input
   */
  record Counted(Reader reader, @Nullable FileInputStream file) implements AutoCloseable {

    /** Share of the bytes that were read; 0 if it is not known. */
    double share() throws IOException {
      return file == null || file.getChannel().size() == 0
          ? 0
          : (double) file.getChannel().position() / file.getChannel().size();
    }

    @Override
    public void close() throws IOException {
      reader.close();
    }
  }
}
