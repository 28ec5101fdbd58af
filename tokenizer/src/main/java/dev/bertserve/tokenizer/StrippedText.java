package dev.bertserve.tokenizer;

/**
 * Text in UTF-8 as ALBERT's preprocessing leaves it before SentencePiece: decomposed, stripped of
 * marks, case folded and composed again; or as it is. Read in pieces. One thread.
 */
final class StrippedText {

  private static final int NO_STARTER = -1;

  /** Characters read at once. */
  private static final int STEP = 1024;

  private final boolean lowerCase;
  private final CodepointTable table = CodepointTable.stripped();
  private final Composition composition = CodepointTable.composition();
  private final Utf8Buffer buffer = new Utf8Buffer();
  private final MarkRun marks = new MarkRun();
  private String text = "";
  private int position;
  private int starter = NO_STARTER;
  private int starterAt;

  StrippedText(boolean lowerCase) {
    this.lowerCase = lowerCase;
  }

  /** Starts to read {@code text}. */
  void open(String text) {
    this.text = text;
    position = 0;
    buffer.clear();
    marks.clear();
    starter = NO_STARTER;
  }

  /** Whether the text has been read to its end. */
  boolean isAtEnd() {
    return position == text.length();
  }

  /** Bytes of the form, of which those up to {@link #settled} are final. */
  byte[] bytes() {
    return buffer.bytes();
  }

  /** Number of bytes that the rest of the text cannot change. */
  int settled() {
    return starter == NO_STARTER || isAtEnd() ? buffer.length() : starterAt;
  }

  /** Drops the first {@code count} bytes, all settled, and reads on. */
  void readOn(int count) {
    buffer.dropFirst(count);
    starterAt -= count;
    int end = position + Math.min(STEP, text.length() - position);
    while (position < end) {
      int codePoint = text.codePointAt(position);
      position += Character.charCount(codePoint);
      if (lowerCase) {
        add(codePoint);
      } else {
        buffer.append(codePoint);
      }
    }
    if (isAtEnd()) {
      marks.moveTo(buffer);
    }
  }

  private void add(int codePoint) {
    int entry = table.entry(codePoint);
    if (codePoint < 0x80 && marks.isEmpty()) {
      buffer.appendAscii(CodepointTable.normalForm(codePoint, entry));
      starter = NO_STARTER;
      return;
    }
    switch (CodepointTable.kind(entry)) {
      case CodepointTable.DROPPED -> {}
      case CodepointTable.SEQUENCE -> {
        for (int i = 0; i < CodepointTable.length(entry); i++) {
          int part = table.entry(entry, i);
          append(CodepointTable.value(part), CodepointTable.order(part));
        }
      }
      default -> append(CodepointTable.normalForm(codePoint, entry), CodepointTable.order(entry));
    }
  }

  private void append(int codePoint, int order) {
    if (order != 0) {
      marks.add(codePoint, order);
      starter = NO_STARTER;
      return;
    }
    if (!marks.isEmpty()) {
      marks.moveTo(buffer);
    }
    int composed = starter == NO_STARTER ? Composition.NONE : composition.of(starter, codePoint);
    if (composed != Composition.NONE) {
      buffer.truncate(starterAt);
    }
    starter = composed == Composition.NONE ? codePoint : composed;
    starterAt = buffer.length();
    buffer.append(starter);
  }
}
