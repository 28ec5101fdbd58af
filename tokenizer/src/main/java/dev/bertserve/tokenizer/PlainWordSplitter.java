package dev.bertserve.tokenizer;

/**
 * Parts one text at a time into words as they stand, and adds the ids of each. One thread.
 *
 * <p>If words are case folded, what a word folds to is not parted again, even if it holds a space
 * or punctuation. A text ends at its first NUL, as in TensorFlow Text's RegexSplitWithOffsets.
 */
final class PlainWordSplitter implements TextEncoder {

  private static final int ASCII = 0x80;

  private final CodepointTable table;
  private final WordPieces pieces;
  private final boolean folds;

  /**
   * Folded characters beyond which a word is too long however it composes: a code point has at most
   * two characters, and composing makes one code point of at most four.
   */
  private final long maxFolded;

  private final WordBuffer word;

  PlainWordSplitter(CodepointTable table, WordPieces pieces, TokenizerSpec spec) {
    this.table = table;
    this.pieces = pieces;
    this.folds = spec.lowerCase();
    this.maxFolded = 8L * spec.maxBytesPerWord();
    this.word = WordBuffer.of(spec);
  }

  @Override
  public void add(String text, IdBuffer ids) {
    int start = 0;
    int nul = text.indexOf(0);
    int length = nul < 0 ? text.length() : nul;
    for (int at = 0; at < length && !ids.isFull(); ) {
      int codePoint = text.codePointAt(at);
      int end = at + Character.charCount(codePoint);
      int kind = CodepointTable.kind(table.entry(codePoint));
      if (kind != CodepointTable.WORD) {
        addWord(text, start, at, ids);
        if (kind == CodepointTable.ALONE) {
          addWord(text, at, end, ids);
        }
        start = end;
      }
      at = end;
    }
    addWord(text, start, length, ids);
  }

  private void addWord(String text, int start, int end, IdBuffer ids) {
    if (start == end || ids.isFull()) {
      return;
    }
    word.clear();
    if (!appendAscii(text, start, end)) {
      word.clear();
      if (folds) {
        String folded = folded(text, start, end);
        append(folded, 0, folded.length());
      } else {
        append(text, start, end);
      }
    }
    if (!word.isEmpty()) {
      pieces.add(word, ids);
    }
  }

  /** Returns false at the first character that is not ASCII. */
  private boolean appendAscii(String text, int start, int end) {
    for (int at = start; at < end; at++) {
      char character = text.charAt(at);
      if (character >= ASCII) {
        return false;
      }
      boolean upperCase = folds && 'A' <= character && character <= 'Z';
      word.appendAscii((byte) (upperCase ? character + 'a' - 'A' : character));
    }
    return true;
  }

  /** The word case folded, or if that is too long a word, something else that is too long. */
  private String folded(String text, int start, int end) {
    StringBuilder folded = new StringBuilder();
    for (int at = start; at < end; ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      FoldTable.appendFold(codePoint, folded);
      if (folded.length() > maxFolded) {
        return folded.toString();
      }
    }
    return NormalForm.NFKC_CASEFOLD.ofFolded(folded.toString());
  }

  private void append(String text, int start, int end) {
    for (int at = start; at < end && !word.isOverlong(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      word.append(codePoint, 0);
    }
  }
}
