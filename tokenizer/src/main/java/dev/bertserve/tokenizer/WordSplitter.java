package dev.bertserve.tokenizer;

/** Parts one text at a time into normalised words and adds their ids. One thread. */
final class WordSplitter {

  private static final int HANGUL_BASE = 0xAC00;
  private static final int LEADING_BASE = 0x1100;
  private static final int VOWEL_BASE = 0x1161;
  private static final int TRAILING_BASE = 0x11A7;
  private static final int VOWELS = 21;
  private static final int TRAILINGS = 28;

  private final CodepointTable table;
  private final WordPieces pieces;
  private final WordBuffer word;

  WordSplitter(CodepointTable table, WordPieces pieces, int maxBytesPerWord) {
    this.table = table;
    this.pieces = pieces;
    this.word = new WordBuffer(table, maxBytesPerWord);
  }

  /** Adds the ids of {@code text} until {@code ids} is full. */
  void add(String text, IdBuffer ids) {
    word.clear();
    for (int at = 0; at < text.length() && !ids.isFull(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      int entry = table.entry(codePoint);
      switch (CodepointTable.kind(entry)) {
        case CodepointTable.SEQUENCE -> {
          for (int i = 0; i < CodepointTable.length(entry); i++) {
            int part = table.entry(entry, i);
            add(CodepointTable.value(part), part, ids);
          }
        }
        case CodepointTable.HANGUL -> addSyllable(codePoint - HANGUL_BASE);
        default -> add(CodepointTable.normalForm(codePoint, entry), entry, ids);
      }
    }
    endWord(ids);
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

  private void addSyllable(int index) {
    word.append(LEADING_BASE + index / (VOWELS * TRAILINGS), 0);
    word.append(VOWEL_BASE + index % (VOWELS * TRAILINGS) / TRAILINGS, 0);
    if (index % TRAILINGS != 0) {
      word.append(TRAILING_BASE + index % TRAILINGS, 0);
    }
  }

  private void endWord(IdBuffer ids) {
    if (!word.isEmpty()) {
      pieces.add(word, ids);
    }
    word.clear();
  }
}
