package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

/** A word's bytes in, the ids of its pieces out: always the longest piece there is. Immutable. */
final class WordPieces {

  private final TokenTrie trie;
  private final long wordStart;
  private final long insideWord;
  private final int unknownId;

  WordPieces(TokenTrie trie, String suffixIndicator, int unknownId) {
    this.trie = trie;
    this.wordStart = trie.root();
    this.insideWord = trie.descendant(wordStart, suffixIndicator.getBytes(UTF_8));
    this.unknownId = unknownId;
  }

  /** Where a walk along the pieces that may begin a word starts. */
  long wordStart() {
    return wordStart;
  }

  /** The next step of such a walk. */
  long child(long cell, byte label) {
    return trie.child(cell, label & 0xFF);
  }

  /** The id of a word that is one ASCII character. */
  int idOf(char ascii) {
    int id = TokenTrie.id(trie.child(wordStart, ascii));
    return id < 0 ? unknownId : id;
  }

  /** Adds the id of a word that no pieces spell. */
  void addUnknown(IdBuffer ids) {
    ids.add(unknownId);
  }

  /**
   * Adds the ids of {@code word}; a word with a part that no piece matches is unknown as a whole.
   */
  void add(WordBuffer word, IdBuffer ids) {
    if (word.isOverlong()) {
      addUnknown(ids);
      return;
    }
    int before = ids.size();
    byte[] bytes = word.bytes();
    int length = word.length();
    long cell = wordStart;
    for (int start = 0; start < length; cell = insideWord) {
      int id = -1;
      int end = start;
      for (int at = start; at < length; at++) {
        cell = trie.child(cell, bytes[at] & 0xFF);
        if (cell == TokenTrie.NOWHERE) {
          break;
        }
        if (TokenTrie.id(cell) >= 0) {
          id = TokenTrie.id(cell);
          end = at + 1;
        }
      }
      if (id < 0) {
        ids.truncate(before);
        addUnknown(ids);
        return;
      }
      ids.add(id);
      start = end;
    }
  }
}
