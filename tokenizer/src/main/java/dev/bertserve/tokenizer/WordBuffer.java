package dev.bertserve.tokenizer;

/**
 * The UTF-8 of one normalised word, its marks in canonical order. One thread.
 *
 * <p>Of a word longer than the limit only that fact is kept.
 */
final class WordBuffer {

  private final int maxBytes;
  private final int maxCodePoints;
  private final Utf8Buffer text = new Utf8Buffer();
  private final MarkRun marks = new MarkRun();
  private int codePoints;
  private boolean overlong;

  private WordBuffer(int maxBytes, int maxCodePoints) {
    this.maxBytes = maxBytes;
    this.maxCodePoints = maxCodePoints;
  }

  /** For the words that {@code spec} allows. */
  static WordBuffer of(TokenizerSpec spec) {
    return spec.operations() == TokenizerSpec.Operations.HUGGING_FACE
        ? new WordBuffer(Integer.MAX_VALUE, spec.maxBytesPerWord())
        : new WordBuffer(spec.maxBytesPerWord(), Integer.MAX_VALUE);
  }

  void clear() {
    text.clear();
    marks.clear();
    codePoints = 0;
    overlong = false;
  }

  /** Orders the marks at the end; call before asking for what is here. */
  void partRun() {
    if (!marks.isEmpty()) {
      marks.moveTo(text);
      checkLength();
    }
  }

  /** Whether nothing came since the buffer was cleared. */
  boolean isUntouched() {
    return text.isEmpty() && marks.isEmpty();
  }

  boolean isEmpty() {
    return text.isEmpty();
  }

  boolean isOverlong() {
    return overlong;
  }

  byte[] bytes() {
    return text.bytes();
  }

  int length() {
    return text.length();
  }

  void appendAscii(byte ascii) {
    if (marks.isEmpty() && text.length() < maxBytes && codePoints < maxCodePoints) {
      codePoints++;
      text.appendAscii(ascii);
      return;
    }
    append(ascii, 0);
  }

  /** Appends a code point of combining class {@code order}. */
  void append(int codePoint, int order) {
    if (overlong) {
      return;
    }
    codePoints++;
    if (order != 0) {
      marks.add(codePoint, order);
      overlong = text.length() + marks.size() > maxBytes || codePoints > maxCodePoints;
      return;
    }
    partRun();
    text.append(codePoint);
    checkLength();
  }

  private void checkLength() {
    overlong = overlong || text.length() > maxBytes || codePoints > maxCodePoints;
  }
}
