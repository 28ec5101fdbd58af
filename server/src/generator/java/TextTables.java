import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UProperty;
import com.ibm.icu.util.ULocale;
import com.ibm.icu.util.VersionInfo;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/**
 * Writes what TensorFlow's regular expressions and case mappings know of each code point.
 *
 * <p>Runs with an ICU that is newer than both, and leaves out what they do not know yet. The layout
 * is described in dev.bertserve.server.text.UnicodeTables.
 */
public final class TextTables {

  private static final int CODE_POINTS = 0x110000;

  /** Unicode of the regular expressions. */
  private static final VersionInfo PATTERNS = VersionInfo.getInstance(15, 0);

  /** Unicode of tf.strings.lower and upper. */
  private static final VersionInfo CASES = VersionInfo.getInstance(13, 0);

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      writeRuns(out, TextTables::category);
      writeRuns(out, TextTables::script);
      writeOrbits(out);
      writeMapping(out, text -> UCharacter.toLowerCase(ULocale.ROOT, text));
      writeMapping(out, text -> UCharacter.toUpperCase(ULocale.ROOT, text));
      writeBorders(out, c -> UCharacter.hasBinaryProperty(c, UProperty.CASED));
      writeBorders(out, c -> UCharacter.hasBinaryProperty(c, UProperty.CASE_IGNORABLE));
    }
  }

  private static boolean isIn(VersionInfo version, int codePoint) {
    return UCharacter.isDefined(codePoint) && UCharacter.getAge(codePoint).compareTo(version) <= 0;
  }

  private static String category(int codePoint) {
    return isIn(PATTERNS, codePoint)
        ? UCharacter.getPropertyValueName(
            UProperty.GENERAL_CATEGORY,
            UCharacter.getIntPropertyValue(codePoint, UProperty.GENERAL_CATEGORY),
            UProperty.NameChoice.SHORT)
        : "";
  }

  private static String script(int codePoint) {
    if (!isIn(PATTERNS, codePoint)) {
      return "";
    }
    String name =
        UCharacter.getPropertyValueName(
            UProperty.SCRIPT,
            UCharacter.getIntPropertyValue(codePoint, UProperty.SCRIPT),
            UProperty.NameChoice.LONG);
    return name.equals("Unknown") ? "" : name;
  }

  private static void writeRuns(DataOutputStream out, IntFunction<String> property)
      throws IOException {
    TreeMap<Integer, String> runs = new TreeMap<>();
    String current = null;
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      String value = property.apply(codePoint);
      if (!value.equals(current)) {
        runs.put(codePoint, value);
        current = value;
      }
    }
    out.writeInt(runs.size());
    for (var run : runs.entrySet()) {
      out.writeInt(run.getKey());
      out.writeUTF(run.getValue());
    }
  }

  /** Code points of one simple case fold, where there are several. */
  private static void writeOrbits(DataOutputStream out) throws IOException {
    TreeMap<Integer, List<Integer>> orbits = new TreeMap<>();
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      if (isIn(PATTERNS, codePoint)) {
        int fold = UCharacter.foldCase(codePoint, true);
        orbits.computeIfAbsent(fold, ignored -> new ArrayList<>()).add(codePoint);
      }
    }
    orbits.values().removeIf(orbit -> orbit.size() == 1);
    out.writeInt(orbits.size());
    for (List<Integer> orbit : orbits.values()) {
      out.writeInt(orbit.size());
      for (int codePoint : orbit) {
        out.writeInt(codePoint);
      }
    }
  }

  private interface Mapping {
    String of(String text);
  }

  private static void writeMapping(DataOutputStream out, Mapping mapping) throws IOException {
    TreeMap<Integer, String> mapped = new TreeMap<>();
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      if (isIn(CASES, codePoint)) {
        String text = Character.toString(codePoint);
        String result = mapping.of(text);
        if (!result.equals(text) && result.codePoints().allMatch(c -> isIn(CASES, c))) {
          mapped.put(codePoint, result);
        }
      }
    }
    out.writeInt(mapped.size());
    for (var entry : mapped.entrySet()) {
      out.writeInt(entry.getKey());
      out.writeUTF(entry.getValue());
    }
  }

  private static void writeBorders(DataOutputStream out, IntPredicate property) throws IOException {
    List<Integer> borders = new ArrayList<>();
    boolean inside = false;
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      if ((isIn(CASES, codePoint) && property.test(codePoint)) != inside) {
        borders.add(codePoint);
        inside = !inside;
      }
    }
    out.writeInt(borders.size());
    for (int border : borders) {
      out.writeInt(border);
    }
  }
}
