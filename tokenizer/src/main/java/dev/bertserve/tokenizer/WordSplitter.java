package dev.bertserve.tokenizer;

/** Parts one text at a time into normalised words and adds their ids. One thread. */
final class WordSplitter implements TextEncoder {

  private static final int ASCII = 0x80;
  private static final byte ALONE = -1;
  private static final byte DROPPED = -2;
  private static final byte NUL = -3;

  private final CodepointTable table;
  private final WordPieces pieces;
  private final int maxPerWord;
  private final WordBuffer word;

  /** The byte that ASCII becomes within a word; one of the constants above, or 0: a space. */
  private final byte[] asciiForms = new byte[ASCII];

  /** Takes words of up to {@code maxPerWord} bytes or code points, as {@code word} counts. */
  WordSplitter(CodepointTable table, WordPieces pieces, int maxPerWord, WordBuffer word) {
    this.table = table;
    this.pieces = pieces;
    this.maxPerWord = maxPerWord;
    this.word = word;
    for (int ascii = 0; ascii < ASCII; ascii++) {
      asciiForms[ascii] = asciiForm(ascii);
    }
  }

  private byte asciiForm(int ascii) {
    int entry = table.entry(ascii);
    return switch (CodepointTable.kind(entry)) {
      case CodepointTable.WORD -> ascii == 0 ? NUL : (byte) CodepointTable.normalForm(ascii, entry);
      case CodepointTable.ALONE -> ALONE;
      case CodepointTable.DROPPED -> DROPPED;
      default -> 0;
    };
  }

  @Override
  public void add(String text, IdBuffer ids) {
    word.clear();
    int length = text.length();
    for (int at = 0; at < length && !ids.isFull(); ) {
      char first = text.charAt(at);
      if (first < ASCII) {
        at = addAscii(text, at, ids);
        continue;
      }
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      add(codePoint, ids);
    }
    endWord(ids);
  }

  /** Adds the character at {@code start}, or the word of ASCII; returns where that ends. */
  private int addAscii(String text, int start, IdBuffer ids) {
    byte form = asciiForms[text.charAt(start)];
    if (form == DROPPED) {
      return start + 1;
    }
    if (form == NUL) {
      word.appendAscii((byte) 0);
      return start + 1;
    }
    if (form <= 0) {
      endWord(ids);
      if (form == ALONE) {
        ids.add(pieces.idOf(text.charAt(start)));
      }
      return start + 1;
    }
    int end = start;
    int length = text.length();
    long cell = pieces.wordStart();
    char next = text.charAt(start);
    do {
      cell = pieces.child(cell, form);
      end++;
      if (end == length) {
        next = ' ';
        break;
      }
      next = text.charAt(end);
      form = next < ASCII ? asciiForms[next] : 0;
    } while (form > 0);
    int id = TokenTrie.id(cell);
    if (id >= 0
        && next < ASCII
        && form >= ALONE
        && word.isUntouched()
        && end - start <= maxPerWord) {
      ids.add(id);
      return end;
    }
    for (int at = start; at < end; at++) {
      word.appendAscii(asciiForms[text.charAt(at)]);
    }
    return end;
  }

  private void add(int codePoint, IdBuffer ids) {
    int entry = table.entry(codePoint);
    switch (CodepointTable.kind(entry)) {
      case CodepointTable.SEQUENCE -> {
        for (int i = 0; i < CodepointTable.length(entry); i++) {
          int part = table.entry(entry, i);
          add(CodepointTable.value(part), part, ids);
        }
      }
      case CodepointTable.HANGUL -> addSyllable(codePoint);
      default -> add(CodepointTable.normalForm(codePoint, entry), entry, ids);
    }
  }

  private void add(int normalForm, int entry, IdBuffer ids) {
    int order = CodepointTable.order(entry);
    switch (CodepointTable.kind(entry)) {
      case CodepointTable.WORD -> word.append(normalForm, order);
      case CodepointTable.SPACE -> endWord(ids);
      case CodepointTable.ALONE -> {
        endWord(ids);
        word.append(normalForm, order);
        endWord(ids);
      }
      default -> {
        if (order == 0) {
          word.partRun();
        }
      }
    }
  }

  private void addSyllable(int syllable) {
    word.append(Hangul.leading(syllable), 0);
    word.append(Hangul.vowel(syllable), 0);
    if (Hangul.hasTrailing(syllable)) {
      word.append(Hangul.trailing(syllable), 0);
    }
  }

  private void endWord(IdBuffer ids) {
    word.partRun();
    if (!word.isEmpty()) {
      pieces.add(word, ids);
    }
    word.clear();
  }
}
