package dev.bertserve.server.serving;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of versions, such as stable and canary, for each model. Immutable. */
public final class VersionLabels {

  private static final Pattern LABEL = Pattern.compile("(.+):([^:=]+)=([0-9]{1,18})");

  private final Map<String, Map<String, Long>> versions;

  private VersionLabels(Map<String, Map<String, Long>> versions) {
    this.versions = versions;
  }

  /** Parses lines such as {@code bert:stable=3}. */
  public static VersionLabels parse(List<String> lines) {
    Map<String, Map<String, Long>> versions = new HashMap<>();
    for (String line : lines) {
      Matcher parts = LABEL.matcher(line);
      if (!parts.matches()) {
        throw new IllegalArgumentException("label: " + line + " (expected: NAME:LABEL=N)");
      }
      Long before =
          versions
              .computeIfAbsent(parts.group(1), any -> new HashMap<>())
              .put(parts.group(2), Long.parseLong(parts.group(3)));
      if (before != null) {
        throw new IllegalArgumentException("label: " + line + " (expected: each label once)");
      }
    }
    return new VersionLabels(versions);
  }

  /** Throws if a label belongs to a model that is not in {@code models}. */
  public void requireNames(Set<String> models) {
    for (String model : versions.keySet()) {
      if (!models.contains(model)) {
        throw new IllegalArgumentException(
            "label: " + model + " (expected: one of " + models + ")");
      }
    }
  }

  /** The version of {@code model} that {@code label} names, if any. */
  public OptionalLong version(String model, String label) {
    Long version = versions.getOrDefault(model, Map.of()).get(label);
    return version == null ? OptionalLong.empty() : OptionalLong.of(version);
  }
}
