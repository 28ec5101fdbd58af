package dev.bertserve.server.cli;

import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** Input of a command as lines of text. */
final class Lines {

  private static final String STANDARD_INPUT = "-";
  private static final int BUFFER = 1 << 16;

  private Lines() {}

  /** {@code file} in UTF-8, or standard input for {@code -}; malformed bytes become U+FFFD. */
  static BufferedReader open(String file) throws IOException {
    if (file.equals(STANDARD_INPUT)) {
      return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }
    InputStream bytes;
    try {
      bytes = new FileInputStream(file);
    } catch (FileNotFoundException e) {
      throw new IllegalArgumentException(
          "file: " + file + " (expected: a file that can be read, or -)", e);
    }
    InputStream text = file.endsWith(".gz") ? new GZIPInputStream(bytes, BUFFER) : bytes;
    return new BufferedReader(new InputStreamReader(text, StandardCharsets.UTF_8));
  }
}
