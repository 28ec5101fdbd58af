package dev.bertserve.server.serving;

import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;

/** Token ids of one text or of a pair, for the rewritten graph. */
public record TokenRow(TokenIds ids) implements EncodedRow {

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
    return Integer.BYTES * ids.length();
  }
}
