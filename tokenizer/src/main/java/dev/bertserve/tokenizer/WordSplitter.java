package dev.bertserve.tokenizer;

/** Parts one text at a time into normalised words and adds their ids. One thread. */
final class WordSplitter implements TextEncoder {

  private final CodepointTable table;
  private final WordPieces pieces;
  private final WordBuffer word;

  WordSplitter(CodepointTable table, WordPieces pieces, int maxBytesPerWord) {
    this.table = table;
    this.pieces = pieces;
    this.word = new WordBuffer(maxBytesPerWord);
  }

  @Override
  public void add(String text, IdBuffer ids) {
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
        case CodepointTable.HANGUL -> addSyllable(codePoint);
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
