package dev.bertserve.server.inference;

import dev.bertserve.server.text.TextProgram;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;

/**
 * Token ids, of one text or of a pair.
 *
 * @param program what is done to the texts before
 * @param tokenizer makes ids of them
 */
public record TokenEncoding(TextProgram program, BertTokenizer tokenizer)
    implements RowEncoding<TokenIds> {

  @Override
  public TokenIds encode(String... texts) {
    String[] segments = program.apply(texts);
    return segments.length == 1
        ? tokenizer.tokenize(segments[0])
        : tokenizer.tokenize(segments[0], segments[1]);
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
