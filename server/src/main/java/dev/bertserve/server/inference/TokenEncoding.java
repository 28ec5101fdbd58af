package dev.bertserve.server.inference;

import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;

/** Token ids, of one text or of a pair. */
public record TokenEncoding(Tokenizer tokenizer) implements RowEncoding<TokenIds> {

  @Override
  public TokenIds encode(String... texts) {
    return texts.length == 1
        ? tokenizer.tokenize(texts[0])
        : tokenizer.tokenize(texts[0], texts[1]);
  }

  @Override
  public int tokens(TokenIds row) {
    return row.length();
  }

  @Override
  public int bytes(TokenIds row) {
    return Integer.BYTES * row.length();
  }
}
