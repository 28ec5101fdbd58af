package dev.bertserve.server.tensorflow;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rows of chosen lengths, for tests of tilings. */
final class TokenRows {

  private static final BertTokenizer TOKENIZER = LetterTokenizer.create(512);

  private TokenRows() {}

  /** A row of {@code length} ids. */
  static TokenIds row(int length) {
    return TOKENIZER.tokenize("a ".repeat(length - 2));
  }

  /** As many rows, each of 2 ids or up to {@code mostMore} more. */
  static List<TokenIds> random(Random random, int count, int mostMore) {
    List<TokenIds> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(2 + random.nextInt(mostMore)));
    }
    return rows;
  }
}
