package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.tukaani.xz.XZInputStream;

/** What TensorFlow Text's operations make of each code point, written by make_codepoints.py. */
final class GoldenCodepoints {

  private static final Line UNTOUCHED = new Line('w', 'w', "=", "=");

  private final Map<Integer, Line> lines = new HashMap<>();

  private record Line(char kind, char fastKind, String folded, String stripped) {}

  private GoldenCodepoints() {}

  /** Of TensorFlow Text 2.18. */
  static GoldenCodepoints read() throws IOException {
    GoldenCodepoints goldens = new GoldenCodepoints();
    goldens.add("codepoints");
    return goldens;
  }

  /** Of TensorFlow Text 2.21. */
  static GoldenCodepoints read221() throws IOException {
    GoldenCodepoints goldens = read();
    goldens.add("codepoints-221");
    return goldens;
  }

  private void add(String name) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new XZInputStream(Resources.open("/goldens/" + name + ".txt.xz")), UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] parts = line.split(" ", -1);
        lines.put(
            Integer.parseInt(parts[0], 16),
            new Line(parts[1].charAt(0), parts[2].charAt(0), parts[3], parts[4]));
      }
    }
  }

  /** 'w' of a word, 's' a space, 'a' a token alone, 'm' a mark. */
  char kind(int codePoint) {
    return lines.getOrDefault(codePoint, UNTOUCHED).kind();
  }

  /** The same, to the fast operations. */
  char fastKind(int codePoint) {
    return lines.getOrDefault(codePoint, UNTOUCHED).fastKind();
  }

  /** Case folded, decomposed and without marks. */
  String folded(int codePoint) {
    return form(codePoint, lines.getOrDefault(codePoint, UNTOUCHED).folded());
  }

  /** Decomposed, without marks and case folded. */
  String stripped(int codePoint) {
    return form(codePoint, lines.getOrDefault(codePoint, UNTOUCHED).stripped());
  }

  private static String form(int codePoint, String hex) {
    return switch (hex) {
      case "=" -> Character.toString(codePoint);
      case "-" -> "";
      default -> new String(HexFormat.of().parseHex(hex), UTF_8);
    };
  }
}
