package dev.bertserve.server.versions;

import java.util.HashSet;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Which of the versions on disk are served: the latest, all, or some numbers. Immutable. */
public final class VersionPolicy {

  private enum Kind {
    LATEST,
    ALL,
    NUMBERS
  }

  private static final Pattern NUMBERS = Pattern.compile("[0-9]{1,18}(,[0-9]{1,18})*");

  private final Kind kind;
  private final Set<Long> numbers;

  private VersionPolicy(Kind kind, Set<Long> numbers) {
    this.kind = kind;
    this.numbers = Set.copyOf(numbers);
  }

  /** Parses {@code latest}, {@code all}, or numbers separated by commas. */
  public static VersionPolicy parse(String text) {
    if (text.equals("latest")) {
      return new VersionPolicy(Kind.LATEST, Set.of());
    }
    if (text.equals("all")) {
      return new VersionPolicy(Kind.ALL, Set.of());
    }
    if (!NUMBERS.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "versions: " + text + " (expected: latest, all, or numbers such as 3,5)");
    }
    Set<Long> numbers = new HashSet<>();
    for (String number : text.split(",", -1)) {
      numbers.add(Long.parseLong(number));
    }
    return new VersionPolicy(Kind.NUMBERS, numbers);
  }

  /** Those of the versions in {@code present} that are to be served. */
  <V> NavigableMap<Long, V> wanted(NavigableMap<Long, V> present) {
    NavigableMap<Long, V> wanted = new TreeMap<>(present);
    switch (kind) {
      case LATEST -> wanted.headMap(present.isEmpty() ? 0 : present.lastKey(), false).clear();
      case NUMBERS -> wanted.keySet().retainAll(numbers);
      case ALL -> {}
    }
    return wanted;
  }
}
