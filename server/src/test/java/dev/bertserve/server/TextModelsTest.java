package dev.bertserve.server;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.savedmodel.PreparedFolder;
import dev.bertserve.server.savedmodel.PreparedModel;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models whose texts pass string ops, or KerasHub's preprocessors, before they are tokens: what is
 * understood, their ids and their answers. Made by make_text_models.py.
 */
class TextModelsTest {

  private static final double TOLERANCE = 1e-5;
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @CsvSource({
    "hub_bert, FastWordPiece, true, 64, text, 0",
    "hub_bert_221, FastWordPiece, true, 64, text, 0",
    "hub_bert_cased_pair, FastWordPiece, false, 64, first second, 0",
    "hub_distilbert, FastWordPiece, true, 32, text, 0",
    "hub_albert, SentencePiece, false, 64, text, 0",
    "hub_electra, FastWordPiece, true, 64, text, 0",
    "clean_html, WordPiece, true, 64, text, 3",
    "clean_utf8, WordPiece, false, 64, text, 1",
    "clean_words, WordPiece, false, 64, text, 2",
    "clean_first_words, WordPiece, true, 64, text, 3",
    "clean_first_word, WordPiece, true, 64, text, 2",
    "clean_guarded, WordPiece, true, 64, text, 4",
    "clean_emptied, FastWordPiece, true, 64, text, 3",
    "clean_either, WordPiece, false, 64, text, 11",
    "clean_bytes, WordPiece, false, 64, text, 2",
    "clean_bytes_uncased, WordPiece, true, 64, text, 2",
    "clean_normal, WordPiece, false, 64, text, 2",
    "clean_transcoded, WordPiece, true, 64, text, 1",
    "hand_sliced, WordPiece, true, 64, text, 0",
    "hand_sliced_open, WordPiece, false, 64, text, 1",
    "hand_sliced_fast, FastWordPiece, true, 64, text, 0",
    "joined, WordPiece, true, 64, title body, 1",
  })
  void prepare_model_understandsIt(
      String name, String kind, boolean lowerCase, int length, String inputs, int steps)
      throws IOException {
    PreparedModel model = prepared(name);
    assertThat(model.tokenizer().source().kind()).isEqualTo(kind);
    assertThat(model.tokenizer().source().lowerCase()).isEqualTo(lowerCase);
    assertThat(model.tokenizer().source().sequenceLength()).isEqualTo(length);
    assertThat(String.join(" ", model.signature().inputNames())).isEqualTo(inputs);
    assertThat(model.tokenizer().program().steps()).hasSize(steps);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hub_bert",
        "hub_bert_221",
        "hub_bert_cased_pair",
        "hub_distilbert",
        "hub_albert",
        "hub_electra",
        "clean_html",
        "clean_utf8",
        "clean_words",
        "clean_first_words",
        "clean_first_word",
        "clean_guarded",
        "clean_emptied",
        "clean_either",
        "clean_bytes",
        "clean_bytes_uncased",
        "clean_normal",
        "clean_transcoded",
        "hand_sliced",
        "hand_sliced_open",
        "hand_sliced_fast",
        "joined",
      })
  void engine_trickyTexts_givesTheModelsIdsAndAnswers(String name) throws IOException {
    try (LoadedModel model =
        LoadedModel.load(SmallModels.location(name), EngineSettings.of(Precision.FP32, 1))) {
      List<JsonNode> goldens = new ArrayList<>();
      List<TokenIds> rows = new ArrayList<>();
      for (String line : SmallModels.lines(name, "goldens.jsonl")) {
        JsonNode golden = JSON.readTree(line);
        String[] texts =
            model.model().signature().inputNames().stream()
                .map(input -> golden.get("inputs").get(input).asText())
                .toArray(String[]::new);
        TokenIds ids = model.encoding().encode(texts).ids();
        assertThat(ids.toArray()).as(line).isEqualTo(ints(golden.get("ids")));
        int[] segments = ints(golden.get("segments"));
        for (int i = 0; i < segments.length; i++) {
          assertThat(i < ids.secondStart() ? 0 : 1).as(line).isEqualTo(segments[i]);
        }
        goldens.add(golden);
        rows.add(ids);
      }
      float[] answers = floats(model.engine().runAll(TokenRow.allOf(rows)).get(0));
      for (int row = 0; row < goldens.size(); row++) {
        JsonNode scores = goldens.get(row).get("outputs").get("scores");
        for (int i = 0; i < scores.size(); i++) {
          assertThat((double) answers[row * scores.size() + i])
              .as("%s of %s", name, goldens.get(row).get("inputs"))
              .isCloseTo(scores.get(i).asDouble(), within(TOLERANCE));
        }
      }
    }
  }

  @Test
  void preparedFolder_modelWithTextOps_keepsThem(@TempDir Path folder) throws IOException {
    PreparedModel model = prepared("clean_either");
    PreparedFolder.write(model, "digest", folder.resolve("prepared"));
    PreparedModel read =
        ModelLocation.of(folder.resolve("prepared").toString(), Optional.empty(), Optional.empty())
            .prepare();
    assertThat(read.tokenizer().program()).isEqualTo(model.tokenizer().program());
    TokenEncoding encoding =
        new TokenEncoding(read.tokenizer().program(), read.tokenizer().loaded().tokenizer());
    assertThat(encoding.encode("the").ids().toArray())
        .isEqualTo(read.tokenizer().loaded().tokenizer().tokenize("the the!").toArray());
  }

  @Test
  void program_modelWithTextOps_isDescribed() throws IOException {
    assertThat(prepared("clean_html").tokenizer().program().describe())
        .containsExactly(
            "StringLower ''", "RegexReplace '<[^>]+>|&amp;' ' ' 'true'", "StringStrip");
  }

  private static PreparedModel prepared(String name) throws IOException {
    return SmallModels.location(name).prepare();
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
