package dev.bertserve.server.serving;

import dev.bertserve.server.text.TextProgram;
import dev.bertserve.tokenizer.Tokenizer;
import java.util.List;

/**
 * Tokenises one text or a pair, for the rewritten graph.
 *
 * @param program what is done to the texts before
 * @param tokenizer makes ids of them
 */
public record TokenEncoding(TextProgram program, Tokenizer tokenizer) implements RowEncoding {

  @Override
  public TokenRow encode(String[] texts, List<Column> others) {
    return encode(texts);
  }

  @Override
  public TokenRow encode(String... texts) {
    String[] segments = program.apply(texts);
    return new TokenRow(
        segments.length == 1
            ? tokenizer.tokenize(segments[0])
            : tokenizer.tokenize(segments[0], segments[1]));
  }
}
