package dev.bertserve.server.huggingface;

import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;

/**
 * Tokenises by a definition that cuts only the second text of a pair. Single texts, of which it
 * says nothing, are cut at their ends.
 *
 * @param singles cuts single texts
 * @param pairs cuts pairs
 */
record SecondCut(Tokenizer singles, Tokenizer pairs) implements Tokenizer {

  @Override
  public TokenIds tokenize(String text) {
    return singles.tokenize(text);
  }

  @Override
  public TokenIds tokenize(String first, String second) {
    return pairs.tokenize(first, second);
  }
}
