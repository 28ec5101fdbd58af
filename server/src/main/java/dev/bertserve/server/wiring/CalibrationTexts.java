package dev.bertserve.server.wiring;

import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.tokenizer.TokenIds;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Texts that show which values the activations of a model take. */
final class CalibrationTexts {

  /** More texts change the ranges little, and take longer. */
  static final int MAX_TEXTS = 512;

  private static final String BUILT_IN = "calibration.txt";

  private final List<String> texts;

  private CalibrationTexts(List<String> texts) {
    this.texts = texts;
  }

  /**
   * The texts of {@code file}, one a line, evenly spread over the file if there are more than
   * {@link #MAX_TEXTS}; without a file the built-in ones.
   */
  static CalibrationTexts of(Optional<Path> file) throws IOException {
    List<String> lines = file.isPresent() ? Files.readAllLines(file.get()) : builtIn();
    lines = lines.stream().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(
          "calibration: " + file.orElseThrow() + " (expected: at least one text)");
    }
    List<String> texts = new ArrayList<>();
    int count = Math.min(MAX_TEXTS, lines.size());
    for (int i = 0; i < count; i++) {
      texts.add(lines.get((int) ((long) i * lines.size() / count)));
    }
    return new CalibrationTexts(texts);
  }

  private static List<String> builtIn() throws IOException {
    try (InputStream in =
            Objects.requireNonNull(CalibrationTexts.class.getResourceAsStream(BUILT_IN));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  /** Rows of a model, without those that it rejects. */
  List<TokenIds> rows(ModelSignature signature, TokenEncoding encoding) {
    return TextRows.encoded(texts, signature, encoding);
  }
}
