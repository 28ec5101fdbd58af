package dev.bertserve.tokenizer;

import java.text.Normalizer;

/**
 * Puts long runs of marks in canonical order, which the JDK's normalizer does in a time that grows
 * with the square of their length.
 */
final class LongMarkRuns {

  /** Number of marks that are left to the normalizer. */
  private static final int SHORT = 32;

  private LongMarkRuns() {}

  /**
   * A text of the same normal forms, whose long runs are decomposed by {@code form}, NFD or NFKD,
   * and in order.
   */
  static String ordered(String text, Normalizer.Form form) {
    StringBuilder ordered = new StringBuilder();
    int copied = 0;
    for (int at = 0; at < text.length(); ) {
      int start = at;
      int end = endOfMarks(text, start);
      if (text.codePointCount(start, end) > SHORT) {
        ordered.append(text, copied, start);
        appendOrdered(text.substring(start, end), form, ordered);
        copied = end;
      }
      at = end < text.length() ? text.offsetByCodePoints(end, 1) : end;
    }
    return copied == 0 ? text : ordered.append(text, copied, text.length()).toString();
  }

  private static int endOfMarks(String text, int start) {
    int at = start;
    while (at < text.length() && FoldTable.isMark(text.codePointAt(at))) {
      at += Character.charCount(text.codePointAt(at));
    }
    return at;
  }

  private static void appendOrdered(String marks, Normalizer.Form form, StringBuilder ordered) {
    MarkRun run = new MarkRun();
    for (int at = 0; at < marks.length(); ) {
      int end = marks.offsetByCodePoints(at, 1);
      String parts = Normalizer.normalize(marks.substring(at, end), form);
      for (int part : parts.codePoints().toArray()) {
        int order = FoldTable.order(part);
        if (order == 0) {
          run.moveTo(ordered::appendCodePoint);
          ordered.appendCodePoint(part);
        } else {
          run.add(part, order);
        }
      }
      at = end;
    }
    run.moveTo(ordered::appendCodePoint);
  }
}
