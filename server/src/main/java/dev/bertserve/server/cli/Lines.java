package dev.bertserve.server.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Input of a command as lines of text. */
final class Lines {

  private Lines() {}

  /** {@code file} in UTF-8, or standard input for {@code -}; malformed bytes become U+FFFD. */
  static BufferedReader open(String file) throws IOException {
    if (file.equals("-")) {
      return new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    }
    try {
      return new BufferedReader(
          new InputStreamReader(Files.newInputStream(Path.of(file)), StandardCharsets.UTF_8));
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException("file: " + file + " (expected: a file or -)", e);
    }
  }
}
