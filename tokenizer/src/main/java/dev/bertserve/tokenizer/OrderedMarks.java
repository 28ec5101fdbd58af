package dev.bertserve.tokenizer;

import java.util.Arrays;

/**
 * Marks that stand side by side in a stripped text, in canonical order: by combining class, and
 * within a class as they came. One thread.
 *
 * <p>Holds none of them, however many there are, but reads the text again for each class.
 */
final class OrderedMarks {

  /** Of no mark. */
  private static final int NONE = 0;

  private static final int CLASSES = 0x100;

  private final CodepointTable table;
  private final boolean[] found = new boolean[CLASSES];
  private String text = "";
  private int start;
  private int startPart;
  private int end;
  private int endPart;

  /** The class of the marks that are appended next. */
  private int order;

  private int at;
  private int part;

  OrderedMarks(CodepointTable table) {
    this.table = table;
  }

  boolean isEmpty() {
    return order == NONE;
  }

  /** Forgets the marks, and their text. */
  void clear() {
    text = "";
    order = NONE;
  }

  /** Takes the marks of {@code text} from {@code part} of the code point at {@code start} on. */
  void open(String text, int start, int part) {
    this.text = text;
    this.start = start;
    this.startPart = part;
    Arrays.fill(found, false);
    findEnd();
    order = NONE;
    startNextClass();
  }

  private void findEnd() {
    endPart = startPart;
    for (end = start; end < text.length(); endPart = 0) {
      int codePoint = text.codePointAt(end);
      int entry = table.entry(codePoint);
      for (; endPart < CodepointTable.parts(entry); endPart++) {
        int partOrder = CodepointTable.order(table.part(codePoint, entry, endPart));
        if (partOrder == NONE) {
          return;
        }
        found[partOrder] = true;
      }
      end += Character.charCount(codePoint);
    }
  }

  /** Where the code point stands in which the marks end; the text's length if there is none. */
  int end() {
    return end;
  }

  /** Number of parts of that code point that are marks. */
  int endPart() {
    return endPart;
  }

  private void startNextClass() {
    do {
      order = (order + 1) % CLASSES;
    } while (order != NONE && !found[order]);
    at = start;
    part = startPart;
  }

  /** Appends marks, at most {@code most}; returns whether those were all. */
  boolean appendTo(Utf8Buffer buffer, int most) {
    for (int room = most; order != NONE; startNextClass()) {
      for (; at < end || part < endPart; part = 0) {
        int codePoint = text.codePointAt(at);
        int entry = table.entry(codePoint);
        int parts = at < end ? CodepointTable.parts(entry) : endPart;
        for (; part < parts; part++) {
          int mark = table.part(codePoint, entry, part);
          if (CodepointTable.order(mark) != order) {
            continue;
          }
          if (room == 0) {
            return false;
          }
          buffer.append(CodepointTable.value(mark));
          room--;
        }
        if (at == end) {
          break;
        }
        at += Character.charCount(codePoint);
      }
    }
    return true;
  }
}
