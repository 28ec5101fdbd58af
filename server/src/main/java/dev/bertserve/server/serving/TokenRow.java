package dev.bertserve.server.serving;

import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;

/**
 * A row for the rewritten graph.
 *
 * @param ids token ids of one text or of a pair
 * @param others the row's values of each input beside the texts that the graph reads; empty for
 *     zeros and empty texts
 */
public record TokenRow(TokenIds ids, List<Column> others) implements EncodedRow {

  public TokenRow {
    others = List.copyOf(others);
  }

  /** A row of texts alone. */
  public TokenRow(TokenIds ids) {
    this(ids, List.of());
  }

  /** A row for each of {@code rows}. */
  public static List<EncodedRow> allOf(List<TokenIds> rows) {
    List<EncodedRow> all = new ArrayList<>(rows.size());
    for (TokenIds row : rows) {
      all.add(new TokenRow(row));
    }
    return all;
  }

  @Override
  public int tokens() {
    return ids.length();
  }

  @Override
  public int bytes() {
    long bytes = (long) Integer.BYTES * ids.length();
    for (Column column : others) {
      bytes += column.bytes();
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
