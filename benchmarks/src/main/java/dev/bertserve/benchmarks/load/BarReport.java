package dev.bertserve.benchmarks.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Figures and the bars that they must meet. One thread. */
final class BarReport {

  private record Line(String name, double value, String rule, boolean met) {}

  private final String bar;
  private final List<Line> lines = new ArrayList<>();

  BarReport(String bar) {
    this.bar = bar;
  }

  void figure(String name, double value) {
    lines.add(new Line(name, value, "", true));
  }

  void atMost(String name, double value, double most) {
    lines.add(new Line(name, value, "<= " + number(most), value <= most));
  }

  void atLeast(String name, double value, double least) {
    lines.add(new Line(name, value, ">= " + number(least), value >= least));
  }

  boolean met() {
    return lines.stream().allMatch(Line::met);
  }

  String table() {
    StringBuilder text = new StringBuilder(bar).append(met() ? ": met\n" : ": MISSED\n");
    for (Line line : lines) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-44s %12s  %-10s %s%n",
              line.name,
              number(line.value),
              line.rule,
              line.met ? "" : "MISSED"));
    }
    return text.toString();
  }

  String json() {
    StringBuilder text = new StringBuilder("{\"bar\":\"").append(bar).append("\",\"met\":");
    text.append(met());
    for (Line line : lines) {
      text.append(",\"").append(line.name).append("\":");
      text.append(Double.isFinite(line.value) ? number(line.value) : "null");
    }
    return text.append("}\n").toString();
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 10 ? "%.4f" : "%.1f", value);
  }
}
