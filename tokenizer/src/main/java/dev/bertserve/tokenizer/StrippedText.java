package dev.bertserve.tokenizer;

/**
 * Text in UTF-8 as ALBERT's preprocessing leaves it before SentencePiece: decomposed, stripped of
 * marks, case folded and composed again; or as it is. One thread.
 */
final class StrippedText {

  private static final int NO_STARTER = -1;

  private final boolean lowerCase;
  private final CodepointTable table = CodepointTable.stripped();
  private final Composition composition = CodepointTable.composition();
  private final Utf8Buffer buffer = new Utf8Buffer();
  private final MarkRun marks = new MarkRun();
  private int starter;
  private int starterAt;

  StrippedText(boolean lowerCase) {
    this.lowerCase = lowerCase;
  }

  /** The form of {@code text}, valid until the next call. */
  Utf8Buffer of(String text) {
    buffer.clear();
    starter = NO_STARTER;
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      if (lowerCase) {
        add(codePoint);
      } else {
        buffer.append(codePoint);
      }
    }
    marks.moveTo(buffer);
    return buffer;
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
