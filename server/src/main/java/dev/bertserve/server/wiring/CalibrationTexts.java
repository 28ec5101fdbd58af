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

  /** Of a file of at least this many texts, every fourth one is held back. */
  private static final int MIN_TEXTS_TO_HOLD_BACK = 32;

  private static final int PER_HELD_BACK = 4;
  private static final String BUILT_IN = "calibration.txt";
  private static final String BUILT_IN_HELD_BACK = "held-back.txt";

  private final List<String> ranging;
  private final List<String> heldBack;

  private CalibrationTexts(List<String> ranging, List<String> heldBack) {
    this.ranging = ranging;
    this.heldBack = heldBack;
  }

  /**
   * The texts of {@code file}, one a line, evenly spread over the file if there are more than
   * {@link #MAX_TEXTS}; without a file the built-in ones. Of a short file, none is held back, and
   * built-in texts are used instead.
   */
  static CalibrationTexts of(Optional<Path> file) throws IOException {
    if (file.isEmpty()) {
      return new CalibrationTexts(builtIn(BUILT_IN), builtIn(BUILT_IN_HELD_BACK));
    }
    List<String> lines =
        Files.readAllLines(file.get()).stream().filter(line -> !line.isBlank()).toList();
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(
          "calibration: " + file.get() + " (expected: at least one text)");
    }
    int count = Math.min(MAX_TEXTS, lines.size());
    boolean holdsBack = count >= MIN_TEXTS_TO_HOLD_BACK;
    List<String> ranging = new ArrayList<>();
    List<String> heldBack = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      boolean held = holdsBack && i % PER_HELD_BACK == PER_HELD_BACK - 1;
      (held ? heldBack : ranging).add(lines.get((int) ((long) i * lines.size() / count)));
    }
    return new CalibrationTexts(ranging, holdsBack ? heldBack : builtIn(BUILT_IN_HELD_BACK));
  }

  private static List<String> builtIn(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(CalibrationTexts.class.getResourceAsStream(name));
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return reader.lines().toList();
    }
  }

  /** Rows of a model for choosing ranges, without those that it rejects. */
  List<TokenIds> ranging(ModelSignature signature, TokenEncoding encoding) {
    return TextRows.encoded(ranging, signature, encoding);
  }

  /** Rows of a model for measuring what those ranges do, without those that it rejects. */
  List<TokenIds> heldBack(ModelSignature signature, TokenEncoding encoding) {
    return TextRows.encoded(heldBack, signature, encoding);
  }
}
