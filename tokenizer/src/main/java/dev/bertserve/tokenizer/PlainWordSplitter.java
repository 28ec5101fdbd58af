package dev.bertserve.tokenizer;

/**
 * Parts one text at a time into words as they stand, and adds the ids of each. One thread.
 *
 * <p>If words are case folded, what a word folds to is not parted again, even if it holds a space
 * or punctuation. Unless it is parted at spaces alone, a text ends at its first NUL, as in
 * TensorFlow Text's RegexSplitWithOffsets.
 */
final class PlainWordSplitter implements TextEncoder {

  private static final int ASCII = 0x80;

  /** No character has a longer canonical decomposition, so composing keeps a quarter of a text. */
  private static final int LONGEST_DECOMPOSITION = 4;

  private final CodepointTable table;
  private final WordPieces pieces;
  private final boolean atSpacesAlone;
  private final boolean folds;
  private final String[] wholeWords;
  private final WordBuffer word;

  /** A fold of more characters is too long for a word, even when it is composed. */
  private final long mostFolded;

  PlainWordSplitter(CodepointTable table, WordPieces pieces, TokenizerSpec spec) {
    this.table = table;
    this.pieces = pieces;
    this.atSpacesAlone = spec.operations() == TokenizerSpec.Operations.SPACES;
    this.folds = spec.lowerCase();
    this.wholeWords = spec.wholeWords().toArray(String[]::new);
    this.word = WordBuffer.of(spec);
    this.mostFolded = 2L * LONGEST_DECOMPOSITION * spec.maxBytesPerWord();
  }

  @Override
  public void add(String text, IdBuffer ids) {
    int start = 0;
    int nul = atSpacesAlone ? -1 : text.indexOf(0);
    int length = nul < 0 ? text.length() : nul;
    for (int at = 0; at < length && !ids.isFull(); ) {
      int codePoint = text.codePointAt(at);
      int end = at + Character.charCount(codePoint);
      int kind = kind(codePoint);
      int wholeWord = wholeWordAt(text, at);
      if (wholeWord > 0) {
        end = at + wholeWord;
        addWord(text, start, at, ids);
        addWhole(text, at, end, ids);
        start = end;
      } else if (kind != CodepointTable.WORD) {
        if (atSpacesAlone && codePoint >= ASCII) {
          addUnknown(start, at, ids);
        } else {
          addWord(text, start, at, ids);
        }
        if (kind == CodepointTable.ALONE) {
          addWord(text, at, end, ids);
        }
        start = end;
      }
      at = end;
    }
    addWord(text, start, length, ids);
  }

  private int kind(int codePoint) {
    if (atSpacesAlone) {
      return TokenizerSpec.WHITE_SPACE.indexOf(codePoint) < 0
          ? CodepointTable.WORD
          : CodepointTable.SPACE;
    }
    return CodepointTable.kind(table.entry(codePoint));
  }

  /** Length of the first of the whole words that {@code text} has at {@code at}; 0 for none. */
  private int wholeWordAt(String text, int at) {
    for (String wholeWord : wholeWords) {
      if (text.startsWith(wholeWord, at)) {
        return wholeWord.length();
      }
    }
    return 0;
  }

  /** WhitespaceTokenizer leaves bytes of such a space in the word before it. */
  private void addUnknown(int start, int end, IdBuffer ids) {
    if (start < end) {
      pieces.addUnknown(ids);
    }
  }

  private void addWhole(String text, int start, int end, IdBuffer ids) {
    word.clear();
    append(text, start, end);
    pieces.add(word, ids);
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
