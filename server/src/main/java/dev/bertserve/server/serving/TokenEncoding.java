package dev.bertserve.server.serving;

import dev.bertserve.tokenizer.BertTokenizer;

/** Tokenises one text or a pair, for the rewritten graph. */
public record TokenEncoding(BertTokenizer tokenizer) implements RowEncoding {

  @Override
  public TokenRow encode(String... texts) {
    return new TokenRow(
        texts.length == 1 ? tokenizer.tokenize(texts[0]) : tokenizer.tokenize(texts[0], texts[1]));
  }
}
