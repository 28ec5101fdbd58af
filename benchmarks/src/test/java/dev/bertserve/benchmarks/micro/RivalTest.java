package dev.bertserve.benchmarks.micro;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.tokenizer.BertTokenizer;
import dev.bertserve.tokenizer.TokenizerSpec;
import dev.bertserve.tokenizer.Vocabulary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.XZInputStream;

/** Why we have our own tokenizer: the lines of the goldens on which each rival differs. */
final class RivalTest {

  private static final Path RESOURCES = Path.of("..", "tokenizer", "src", "test", "resources");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;
  private static Path vocabulary;

  @BeforeAll
  static void unpack() throws IOException {
    vocabulary = folder.resolve("vocab.txt");
    try (InputStream in = open("vocabularies/vocab_uncased.txt.xz")) {
      Files.copy(in, vocabulary);
    }
  }

  @Test
  void bertserve_goldens_differsNowhere() throws IOException {
    TokenizerSpec spec = new TokenizerSpec(true, "[UNK]", "##", 100, 101, 102, 128);
    BertTokenizer tokenizer = new BertTokenizer(Vocabulary.read(vocabulary), spec);

    assertThat(differences(text -> tokenizer.tokenize(text).toArray())).isZero();
  }

  @Test
  void djl_goldens_differsAsTheDecisionOnTheTokenizerSays() throws IOException {
    try (HuggingFaceTokenizer tokenizer =
        HuggingFaceTokenizer.newInstance(
            TokenizerJson.of(vocabulary),
            Map.of("maxLength", "128", "truncation", "true", "padding", "false"))) {
      int differences =
          differences(
              text ->
                  Arrays.stream(tokenizer.encode(text).getIds())
                      .mapToInt(id -> (int) id)
                      .toArray());

      assertThat(differences).isEqualTo(497);
    }
  }

  private static int differences(Function<String, int[]> tokenizer) throws IOException {
    int differences = 0;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                open("goldens/tokens-uncased.jsonl.xz"), StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        JsonNode golden = JSON.readTree(line);
        int[] expected = JSON.convertValue(golden.get("ids"), int[].class);
        if (!Arrays.equals(tokenizer.apply(golden.get("text").asText()), expected)) {
          differences++;
        }
      }
    }
    return differences;
  }

  private static InputStream open(String resource) throws IOException {
    return new XZInputStream(Files.newInputStream(RESOURCES.resolve(resource)));
  }
}
