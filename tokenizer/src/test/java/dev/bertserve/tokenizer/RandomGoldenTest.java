package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random texts, unpaired surrogates among them, against the ids TensorFlow Text gave them. */
final class RandomGoldenTest {

  @ParameterizedTest
  @CsvSource({
    "random-uncased, vocab_uncased.txt, true, CLASSIC",
    "random-cased, vocab_cased.txt, false, CLASSIC",
    "random-fast-uncased, vocab_uncased.txt, true, FAST",
    "random-fast-cased, vocab_cased.txt, false, FAST",
    "random-words-uncased, vocab_uncased.txt, true, WORDS",
    "random-words-cased, vocab_cased.txt, false, WORDS",
  })
  void tokenize_randomText_givesGoldenWordPieces(
      String goldens, String vocabulary, boolean lowerCase, TokenizerSpec.Operations operations)
      throws IOException {
    TokenizerSpec spec = new TokenizerSpec(lowerCase, "[UNK]", "##", 100, 101, 102, 64, operations);
    assertEqual(Resources.tokenizer(Resources.vocabulary(vocabulary), spec), goldens);
  }

  @ParameterizedTest
  @CsvSource({
    "random-fast-uncased-221, vocab_uncased.txt, true",
    "random-fast-cased-221, vocab_cased.txt, false",
  })
  void tokenize_randomTextByNewerUnicode_givesGoldenWordPieces(
      String goldens, String vocabulary, boolean lowerCase) throws IOException {
    TokenizerSpec spec =
        new TokenizerSpec(
            lowerCase, "[UNK]", "##", 100, 101, 102, 64, TokenizerSpec.Operations.FAST);
    assertEqual(Resources.tokenizer(Resources.vocabulary(vocabulary), spec, "_221"), goldens);
  }

  @ParameterizedTest
  @CsvSource({"random-albert, true", "random-albert-kept, false"})
  void tokenize_randomText_givesGoldenSentencePieces(String goldens, boolean lowerCase)
      throws IOException {
    SentencePieceSpec spec = new SentencePieceSpec(lowerCase, 2, 3, 64);
    assertEqual(new BertTokenizer(Resources.model(), spec), goldens);
  }

  private static void assertEqual(BertTokenizer tokenizer, String goldens) throws IOException {
    try (InputStream in = Resources.open("/goldens/" + goldens + ".jsonl.xz")) {
      assertThat(Golden.read(in))
          .hasSize(1500)
          .allSatisfy(
              golden -> assertThat(golden.tokenizedBy(tokenizer)).isEqualTo(golden.expected()));
    }
  }
}
