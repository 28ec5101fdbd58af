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
  private final OrderedMarks marks = new OrderedMarks(table);
  private String text = "";
  private int position;

  /** Number of parts of the code point at {@code position} that have been read. */
  private int part;

  private int starter = NO_STARTER;
  private int starterAt;

  StrippedText(boolean lowerCase) {
    this.lowerCase = lowerCase;
  }

  /** Starts to read {@code text}. */
  void open(String text) {
    this.text = text;
    position = 0;
    part = 0;
    buffer.clear();
    marks.clear();
    starter = NO_STARTER;
  }

  /** Whether the text has been read to its end. */
  boolean isAtEnd() {
    return position == text.length() && marks.isEmpty();
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
    while (marks.appendTo(buffer, STEP) && position < end) {
      readUntil(end);
    }
  }

  /** Reads up to {@code end}, or to marks that are to be ordered and behind them. */
  private void readUntil(int end) {
    while (position < end) {
      int codePoint = text.codePointAt(position);
      if (!lowerCase) {
        buffer.append(codePoint);
      } else if (codePoint < 0x80) {
        buffer.appendAscii(CodepointTable.normalForm(codePoint, table.entry(codePoint)));
        starter = NO_STARTER;
      } else if (!addParts(codePoint)) {
        return;
      }
      position += Character.charCount(codePoint);
    }
  }

  /** Adds what {@code codePoint} becomes, up to the first mark; returns whether it has none. */
  private boolean addParts(int codePoint) {
    int entry = table.entry(codePoint);
    for (; part < CodepointTable.parts(entry); part++) {
      int next = table.part(codePoint, entry, part);
      if (CodepointTable.order(next) != 0) {
        marks.open(text, position, part);
        position = marks.end();
        part = marks.endPart();
        starter = NO_STARTER;
        return false;
      }
      add(CodepointTable.value(next));
    }
    part = 0;
    return true;
  }

  private void add(int codePoint) {
    int composed = starter == NO_STARTER ? Composition.NONE : composition.of(starter, codePoint);
    if (composed != Composition.NONE) {
      buffer.truncate(starterAt);
    }
    starter = composed == Composition.NONE ? codePoint : composed;
    starterAt = buffer.length();
    buffer.append(starter);
  }
}
