package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Any text at all, on any number of threads. */
final class FuzzTest {

  private static final int LENGTH = 32;

  private final List<BertTokenizer> tokenizers;

  FuzzTest() throws IOException {
    tokenizers =
        List.of(
            Resources.tokenizer("vocab_uncased.txt", true, LENGTH),
            Resources.tokenizer("vocab_cased.txt", false, LENGTH),
            Resources.albert(LENGTH));
  }

  @Test
  void tokenize_anyText_keepsLengthAndEnds() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 500_000; i++) {
      String text = text(random);
      for (BertTokenizer tokenizer : tokenizers) {
        TokenIds ids = tokenizer.tokenize(text);
        assertThat(ids.length()).as("seed %d, text %d", seed, i).isBetween(2, LENGTH);
        assertThat(tokenizer.tokenize(text, text).length())
            .as("seed %d, text %d as a pair", seed, i)
            .isEqualTo(Math.min(LENGTH, 2 * (ids.length() - 2) + 3));
      }
    }
  }

  @Test
  void tokenize_eightThreads_giveSameIds() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      texts.add(text(random));
    }
    Callable<List<TokenIds>> work =
        () -> {
          List<TokenIds> rows = new ArrayList<>();
          texts.forEach(text -> tokenizers.forEach(each -> rows.add(each.tokenize(text))));
          return rows;
        };
    List<TokenIds> expected = work.call();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      for (Future<List<TokenIds>> rows : threads.invokeAll(Collections.nCopies(8, work))) {
        assertThat(rows.get()).as("seed %d", seed).isEqualTo(expected);
      }
    } finally {
      threads.shutdown();
    }
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int range = 1 << (5 + random.nextInt(12));
    for (int length = random.nextInt(60); length > 0; length--) {
      text.append(
          (char) (random.nextInt(4) == 0 ? ' ' + random.nextInt(96) : random.nextInt(range)));
    }
    return text.toString();
  }
}
