package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every id of the files that TensorFlow Text wrote. */
final class GoldenTest {

  private static final Path SHARED = Path.of("..", "..", "shared", "goldens");

  @ParameterizedTest
  @CsvSource({
    "tokens-uncased, vocab_uncased.txt, true, 128",
    "tokens-uncased-S64, vocab_uncased.txt, true, 64",
    "tokens-pair-uncased, vocab_uncased.txt, true, 128",
    "tokens-cased, vocab_cased.txt, false, 128",
    "tokens-multi_cased, vocab_multi.txt, false, 128",
  })
  void tokenize_goldenText_givesGoldenIds(
      String goldens, String vocabulary, boolean lowerCase, int sequenceLength) throws IOException {
    BertTokenizer tokenizer = Resources.tokenizer(vocabulary, lowerCase, sequenceLength);
    try (InputStream in = Resources.open("/goldens/" + goldens + ".jsonl.xz")) {
      assertEqual(tokenizer, in);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "tokens-uncased, vocab_uncased.txt, true, 128",
    "tokens-uncased-S64, vocab_uncased.txt, true, 64",
    "tokens-pair-uncased, vocab_uncased.txt, true, 128",
    "tokens-cased, vocab_cased.txt, false, 128",
    "tokens-multi_cased, vocab_multi.txt, false, 128",
  })
  void tokenize_sharedGoldenText_givesGoldenIds(
      String goldens, String vocabulary, boolean lowerCase, int sequenceLength) throws IOException {
    Path file = SHARED.resolve(goldens + ".jsonl.xz");
    assumeThat(file).as("shared goldens beside the checkout").exists();
    BertTokenizer tokenizer = Resources.tokenizer(vocabulary, lowerCase, sequenceLength);
    try (InputStream in = Files.newInputStream(file)) {
      assertEqual(tokenizer, in);
    }
  }

  @Test
  void tokenize_albertGoldenText_givesGoldenIds() throws IOException {
    try (InputStream in = Resources.open("/goldens/tokens-albert.jsonl.xz")) {
      assertEqual(Resources.albert(128), in);
    }
  }

  private static void assertEqual(BertTokenizer tokenizer, InputStream goldens) throws IOException {
    assertThat(Golden.read(goldens))
        .isNotEmpty()
        .allSatisfy(
            golden -> assertThat(golden.tokenizedBy(tokenizer)).isEqualTo(golden.expected()));
  }
}
