package dev.bertserve.server.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.PairModels;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of texts and pairs, cut as the files say, against those that Transformers gives. */
final class PairIdsTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(strings = {"bert", "distilbert", "roberta", "ids_unigram", "ids_left"})
  void tokenize_textsAndPairs_givesTheIdsOfTransformers(String name) throws IOException {
    Tokenizer tokenizer = HuggingFaceTokenizer.open(definition(name));
    for (JsonNode golden : PairModels.goldens(name)) {
      assertIds(tokenizer, golden);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ids_only_first", "ids_only_second"})
  void tokenize_strategyOfTheFile_cutsThatTextAlone(String name) throws IOException {
    TokenizerDefinition definition = definition(name);
    Tokenizer tokenizer = HuggingFaceTokenizer.open(definition);
    for (JsonNode golden : PairModels.goldens(name)) {
      List<String> texts = PairModels.texts(golden);
      if (!golden.get("ids").isNull()) {
        assertIds(tokenizer, golden);
      } else if (texts.size() == 1) {
        assertThat(tokenizer.tokenize(texts.get(0)).length())
            .isEqualTo(definition.maxLength().orElseThrow());
      } else {
        assertThatThrownBy(() -> tokenizer.tokenize(texts.get(0), texts.get(1)))
            .as(golden.toString())
            .isInstanceOfSatisfying(
                ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
            .hasMessageStartingWith("text: a pair that is too long without the text that");
      }
    }
  }

  private static void assertIds(Tokenizer tokenizer, JsonNode golden) {
    List<String> texts = PairModels.texts(golden);
    TokenIds ids =
        texts.size() == 1
            ? tokenizer.tokenize(texts.get(0))
            : tokenizer.tokenize(texts.get(0), texts.get(1));
    assertThat(ids.toArray())
        .as(golden.get("inputs").toString())
        .containsExactly(JSON.convertValue(golden.get("ids"), int[].class));
    for (int i = 0; i < ids.length(); i++) {
      assertThat(i < ids.secondStart() ? 0 : 1)
          .as(golden.get("inputs").toString())
          .isEqualTo(golden.get("types").get(i).asInt());
    }
  }

  private static TokenizerDefinition definition(String name) throws IOException {
    return TokenizerFolder.read(PairModels.folder(name));
  }
}
