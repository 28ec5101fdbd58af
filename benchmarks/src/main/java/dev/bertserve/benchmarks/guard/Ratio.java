package dev.bertserve.benchmarks.guard;

import java.util.HashMap;
import java.util.Map;

/**
 * Two runs of one benchmark that differ in one parameter.
 *
 * @param benchmark simple name of its class
 * @param parameter that differs
 * @param subject its value where speed is guarded
 * @param reference its value where speed is compared with
 * @param others parameters that are alike in both
 */
record Ratio(
    String benchmark,
    String parameter,
    String subject,
    String reference,
    Map<String, String> others) {

  Ratio {
    others = Map.copyOf(others);
  }

  /** From {@code Benchmark/parameter/subject/reference/other=value/...}. */
  static Ratio parse(String name) {
    String[] parts = name.split("/", -1);
    if (parts.length < 4) {
      throw new IllegalArgumentException(
          "ratio: " + name + " (expected: benchmark/parameter/subject/reference/other=value)");
    }
    Map<String, String> others = new HashMap<>();
    for (int i = 4; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      others.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
    }
    return new Ratio(parts[0], parts[1], parts[2], parts[3], others);
  }
}
