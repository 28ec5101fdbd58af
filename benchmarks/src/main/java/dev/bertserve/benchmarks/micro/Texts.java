package dev.bertserve.benchmarks.micro;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** Texts to tokenise, made from a file with one sentence per line. */
public enum Texts {

  /** The lines as they are. */
  REVIEWS {
    @Override
    List<String> from(List<String> lines) {
      return lines;
    }
  },

  /** Lines joined up to 2,000 characters. */
  LONG {
    @Override
    List<String> from(List<String> lines) {
      String all = String.join(" ", lines);
      return IntStream.range(0, 200)
          .mapToObj(i -> all.substring(i * 2_000, (i + 1) * 2_000))
          .toList();
    }
  },

  /** Each line with added words of other scripts, marks and symbols. */
  MIXED {
    @Override
    List<String> from(List<String> lines) {
      return lines.stream()
          .limit(2_000)
          .map(line -> line.substring(0, line.length() / 2) + FOREIGN)
          .toList();
    }
  };

  private static final String FOREIGN =
      " Größe ÉTÉ Ελληνικά привет, мир! \u4f60\u597d\u4e16\u754c \ud55c\uad6d\uc5b4"
          + " \u0939\u093f\u0928\u094d\u0926\u0940 \u05e9\u05dc\u05d5\u05dd e\u0301 \ud83d\ude00";

  abstract List<String> from(List<String> lines);

  /** Reads the file in the system property {@code bertserve.sentences}. */
  String[] read() throws IOException {
    Path file = Path.of(System.getProperty("bertserve.sentences", "../shared/data/reviews.txt"));
    return from(Files.readAllLines(file, StandardCharsets.UTF_8)).toArray(new String[0]);
  }
}
