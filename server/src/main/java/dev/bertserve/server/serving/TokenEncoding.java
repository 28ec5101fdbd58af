package dev.bertserve.server.serving;

import dev.bertserve.server.text.TextProgram;
import dev.bertserve.tokenizer.Tokenizer;
import java.util.List;

/**
 * Tokenises one text or a pair, for the rewritten graph.
 *
 * @param program what is done to the texts before
 * @param tokenizer makes ids of them
 * @param others for each input beside the texts that the graph reads, its index among {@link
 *     ModelSignature#others}
 */
public record TokenEncoding(TextProgram program, Tokenizer tokenizer, List<Integer> others)
    implements RowEncoding {

  public TokenEncoding {
    others = List.copyOf(others);
  }

  /** For a graph that reads nothing but tokens. */
  public TokenEncoding(TextProgram program, Tokenizer tokenizer) {
    this(program, tokenizer, List.of());
  }

  @Override
  public TokenRow encode(String[] texts, List<Column> values) {
    return others.isEmpty()
        ? encode(texts)
        : new TokenRow(encode(texts).ids(), others.stream().map(values::get).toList());
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
