package dev.bertserve.server.text;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What TensorFlow's regular expressions (Unicode 15) and case mappings (Unicode 13) know of code
 * points.
 *
 * <p>The build generates it. In order: runs of general categories, runs of scripts, orbits of
 * simple case folding, lower-case and upper-case mappings, and the borders of what is cased and of
 * what is ignored between cased code points. Each begins with its number of entries.
 */
final class UnicodeTables {

  private static final int CODE_POINTS = 0x110000;

  private static final Map<String, List<int[]>> CLASSES = new HashMap<>();
  private static final Map<Integer, int[]> ORBITS = new HashMap<>();
  private static final Map<Integer, String> LOWER;
  private static final Map<Integer, String> UPPER;
  private static final int[] CASED;
  private static final int[] CASE_IGNORABLE;

  static {
    try (InputStream resource = UnicodeTables.class.getResourceAsStream("unicode.bin")) {
      if (resource == null) {
        throw new IllegalStateException("unicode.bin: missing (expected: beside this class)");
      }
      DataInputStream in = new DataInputStream(resource);
      readCategories(in);
      CLASSES.putAll(runs(in));
      CLASSES.remove("");
      readOrbits(in);
      LOWER = mapping(in);
      UPPER = mapping(in);
      CASED = ints(in, in.readInt());
      CASE_IGNORABLE = ints(in, in.readInt());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private UnicodeTables() {}

  /** The code points of a general category, a group of them, or a script; null if unknown. */
  static @Nullable CodepointSet codepointClass(String name) {
    List<int[]> runs = CLASSES.get(name);
    if (runs == null) {
      return null;
    }
    CodepointSet set = new CodepointSet();
    runs.forEach(run -> set.add(run[0], run[1]));
    return set;
  }

  /** The code points that fold like {@code codePoint}, itself among them. */
  static int[] orbit(int codePoint) {
    int[] orbit = ORBITS.get(codePoint);
    return orbit == null ? new int[] {codePoint} : orbit;
  }

  /** Every code point whose orbit has others. */
  static Iterable<Integer> folded() {
    return ORBITS.keySet();
  }

  static @Nullable String lowerCase(int codePoint) {
    return LOWER.get(codePoint);
  }

  static @Nullable String upperCase(int codePoint) {
    return UPPER.get(codePoint);
  }

  static boolean isCased(int codePoint) {
    return isWithin(CASED, codePoint);
  }

  static boolean isCaseIgnorable(int codePoint) {
    return isWithin(CASE_IGNORABLE, codePoint);
  }

  private static boolean isWithin(int[] borders, int codePoint) {
    int at = Arrays.binarySearch(borders, codePoint);
    int bordersBefore = at < 0 ? -at - 1 : at + 1;
    return bordersBefore % 2 == 1;
  }

  /** Categories, and groups of those that share a first letter. */
  private static void readCategories(DataInputStream in) throws IOException {
    Map<String, List<int[]>> categories = runs(in);
    categories.remove("");
    for (Map.Entry<String, List<int[]>> category : categories.entrySet()) {
      CLASSES.put(category.getKey(), category.getValue());
      CLASSES
          .computeIfAbsent(category.getKey().substring(0, 1), ignored -> new ArrayList<>())
          .addAll(category.getValue());
    }
    CLASSES.put("Any", List.of(new int[] {0, CODE_POINTS - 1}));
  }

  /** The first and last code point of each run, by what its code points have in common. */
  private static Map<String, List<int[]>> runs(DataInputStream in) throws IOException {
    Map<String, List<int[]>> runs = new HashMap<>();
    int count = in.readInt();
    int start = in.readInt();
    String value = in.readUTF();
    for (int i = 1; i <= count; i++) {
      int end = i == count ? CODE_POINTS : in.readInt();
      runs.computeIfAbsent(value, ignored -> new ArrayList<>()).add(new int[] {start, end - 1});
      value = i == count ? "" : in.readUTF();
      start = end;
    }
    return runs;
  }

  private static void readOrbits(DataInputStream in) throws IOException {
    for (int count = in.readInt(); count > 0; count--) {
      int[] orbit = ints(in, in.readInt());
      for (int codePoint : orbit) {
        ORBITS.put(codePoint, orbit);
      }
    }
  }

  private static Map<Integer, String> mapping(DataInputStream in) throws IOException {
    Map<Integer, String> mapping = new HashMap<>();
    for (int count = in.readInt(); count > 0; count--) {
      mapping.put(in.readInt(), in.readUTF());
    }
    return mapping;
  }

  private static int[] ints(DataInputStream in, int count) throws IOException {
    int[] ints = new int[count];
    for (int i = 0; i < count; i++) {
      ints[i] = in.readInt();
    }
    return ints;
  }
}
