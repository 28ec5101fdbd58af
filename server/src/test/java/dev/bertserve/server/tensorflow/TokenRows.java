package dev.bertserve.server.tensorflow;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Rows of given lengths, for tests of batches. */
final class TokenRows {

  private static final BertTokenizer TOKENIZER = LetterTokenizer.create(512);

  private TokenRows() {}

  /** A row of {@code length} ids. */
  static TokenIds row(int length) {
    return TOKENIZER.tokenize("a ".repeat(length - 2));
  }

  /** {@code count} rows of 2 to {@code maxMore} + 1 ids. */
  static List<TokenIds> random(Random random, int count, int maxMore) {
    List<TokenIds> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(row(2 + random.nextInt(maxMore)));
    }
    return rows;
  }
}
