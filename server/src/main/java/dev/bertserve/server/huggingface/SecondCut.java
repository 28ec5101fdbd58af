package dev.bertserve.server.huggingface;

import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;

/**
 * Of a definition that cuts the second text of a pair alone, and says nothing of single texts.
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
