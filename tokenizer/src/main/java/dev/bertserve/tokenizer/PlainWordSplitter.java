package dev.bertserve.tokenizer;

/**
 * Parts one text at a time into words as they stand, and adds the ids of each. One thread.
 *
 * <p>If words are case folded, what a word folds to is not parted again, even if it holds a space
 * or punctuation. A text ends at its first NUL, as in TensorFlow Text's RegexSplitWithOffsets.
 */
final class PlainWordSplitter implements TextEncoder {

  private static final int ASCII = 0x80;

  /** No character has a longer canonical decomposition, so composing keeps a quarter of a text. */
  private static final int LONGEST_DECOMPOSITION = 4;

  private final CodepointTable table;
  private final WordPieces pieces;
  private final boolean folds;
  private final WordBuffer word;

  /** A fold of more characters is too long for a word, even when it is composed. */
  private final long mostFolded;

  PlainWordSplitter(CodepointTable table, WordPieces pieces, TokenizerSpec spec) {
    this.table = table;
    this.pieces = pieces;
    this.folds = spec.lowerCase();
    this.word = WordBuffer.of(spec);
    this.mostFolded = 2L * LONGEST_DECOMPOSITION * spec.maxBytesPerWord();
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
    for (int at = start; at < end; at++) {
      char character = text.charAt(at);
      if (character >= ASCII) {
        word.clear();
        if (folds) {
          appendFold(text, start, end);
        } else {
          append(text, start, end);
        }
        break;
      }
      boolean upperCase = folds && 'A' <= character && character <= 'Z';
      word.appendAscii((byte) (upperCase ? character + 'a' - 'A' : character));
    }
    if (!word.isEmpty()) {
      pieces.add(word, ids);
    }
  }

  /** Folds no more than decides that a word is too long. */
  private void appendFold(String text, int start, int end) {
    StringBuilder fold = new StringBuilder();
    for (int at = start; at < end && fold.length() <= mostFolded; ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      FoldTable.appendFold(codePoint, fold);
    }
    String folded = fold.toString();
    String form = folded.length() > mostFolded ? folded : NormalForm.NFC.of(folded);
    append(form, 0, form.length());
  }

  private void append(String text, int start, int end) {
    for (int at = start; at < end && !word.isOverlong(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      word.append(codePoint, 0);
    }
  }
}
