package dev.bertserve.server.serving;

import dev.bertserve.server.text.TextProgram;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Tokenises one text or a pair, for the rewritten graph.
 *
 * @param program makes segments of the texts, and what outputs read of them
 * @param tokenizer makes ids of segments
 * @param others for each value beside the tokens that the graph reads, its index among {@link
 *     ModelSignature#others}, which {@link TextProgram#others} follow
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
    String[] made = program.apply(texts);
    List<Column> read = new ArrayList<>(others.size());
    for (int other : others) {
      int text = program.segments().size() + other - values.size();
      read.add(
          other < values.size() ? values.get(other) : new Column.Texts(new String[] {made[text]}));
    }
    return new TokenRow(ids(made), read);
  }

  /** Zeros and empty texts are beside the tokens. */
  @Override
  public TokenRow encode(String... texts) {
    return new TokenRow(ids(program.apply(texts)));
  }

  private TokenIds ids(String[] made) {
    int segments = made.length - program.others().size();
    return segments == 1 ? tokenizer.tokenize(made[0]) : tokenizer.tokenize(made[0], made[1]);
  }
}
