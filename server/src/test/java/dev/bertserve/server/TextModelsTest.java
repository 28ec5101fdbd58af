package dev.bertserve.server;

import static dev.bertserve.server.fixture.Columns.floats;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models whose texts pass string ops, or become rows in other ways than by the official
 * preprocessing: what is understood, their ids and their answers. Made by make_text_models.py,
 * make_packer_models.py and make_byte_pair_models.py.
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
    "hub_xlm_roberta_221, SentencePiece, false, 64, text, 0",
    "hub_xlm_roberta_pair, SentencePiece, false, 32, first second, 0",
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
    "fast_221, FastWordPiece, true, 64, text, 0",
    "fast_cased_221, FastWordPiece, false, 64, text, 0",
    "joined, WordPiece, true, 64, title body, 1",
    "hf_longest, FastWordPiece, true, 32, text, 1",
    "hf_multiple, FastWordPiece, false, 32, text, 0",
    "hf_max_length_pair, FastWordPiece, true, 32, first second, 2",
    "hf_layer, WordPiece, true, 32, text, 1",
    "hf_layer_pair, WordPiece, false, 32, first second, 0",
    "hf_distilbert, FastWordPiece, true, 32, text, 1",
    "hub_start_end, FastWordPiece, true, 32, text, 0",
    "hub_start, FastWordPiece, true, 32, text, 0",
    "hub_waterfall, FastWordPiece, true, 32, text, 0",
    "hub_waterfall_pair, FastWordPiece, true, 32, first second, 0",
    "hub_double_pair, FastWordPiece, true, 32, first second, 0",
    "hub_specials, FastWordPiece, true, 32, text, 1",
    "hub_plain, FastWordPiece, true, 32, text, 3",
    "hub_padded_late, WordPiece, true, 32, text, 0",
    "hub_padded_longer, WordPiece, true, 64, text, 0",
    "hub_cut_late, WordPiece, true, 32, text, 0",
    "hub_sequence_mask, WordPiece, true, 32, text, 0",
    "hub_ones_mask, WordPiece, true, 32, text, 0",
    "hub_types_of_halves, WordPiece, true, 32, first second, 0",
    "hub_fast_texts, FastWordPiece, false, 32, text, 0",
    "hub_tokens, WordPiece, true, 32, text, 0",
    "guide, WordPiece, true, 32, text, 0",
    "guide_pair, WordPiece, false, 32, first second, 0",
    "guide_waterfall, WordPiece, true, 32, text, 0",
    "guide_waterfall_pair, WordPiece, true, 32, first second, 0",
    "guide_shrunk_pair, WordPiece, true, 32, first second, 0",
    "hf_untruncated, FastWordPiece, false, 32, text, 0",
    "guide_cut, WordPiece, true, 32, text, 0",
    "guide_cut_pair, WordPiece, false, 32, first second, 0",
    "guide_limit, WordPiece, true, 32, text, 0",
    "guide_limit_pair, WordPiece, true, 32, first second, 0",
    "guide_limit_waterfall_pair, WordPiece, false, 32, first second, 0",
    "guide_limit_shrunk_pair, WordPiece, true, 32, first second, 0",
    "guide_limit_cut_pair, WordPiece, true, 32, first second, 0",
    "guide_words, WordPiece, false, 32, text, 0",
    "guide_fast_words, FastWordPiece, false, 32, text, 0",
    "pairs_text, BytePair, false, 32, text, 2",
    "pairs_two, BytePair, false, 32, first second, 4",
    "pairs_prefixed, BytePair, false, 32, text, 5",
    "pairs_sliced, BytePair, false, 32, text, 2",
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
  @ValueSource(strings = {"hub_bert", "hub_bert_221", "hub_xlm_roberta_pair"})
  void facts_kerasHubModel_countItsLayers(String name) throws IOException {
    assertThat(prepared(name).encoder().layers()).isEqualTo(1);
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
        "hub_xlm_roberta_221",
        "hub_xlm_roberta_pair",
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
        "fast_221",
        "fast_cased_221",
        "joined",
        "hf_longest",
        "hf_multiple",
        "hf_max_length_pair",
        "hf_layer",
        "hf_layer_pair",
        "hf_distilbert",
        "hub_start_end",
        "hub_start",
        "hub_waterfall",
        "hub_waterfall_pair",
        "hub_double_pair",
        "hub_specials",
        "hub_plain",
        "hub_padded_late",
        "hub_padded_longer",
        "hub_cut_late",
        "hub_sequence_mask",
        "hub_ones_mask",
        "hub_types_of_halves",
        "hub_fast_texts",
        "hub_tokens",
        "guide",
        "guide_pair",
        "guide_waterfall",
        "guide_waterfall_pair",
        "guide_shrunk_pair",
        "hf_untruncated",
        "guide_cut",
        "guide_cut_pair",
        "guide_words",
        "guide_fast_words",
        "pairs_text",
        "pairs_two",
        "pairs_prefixed",
        "pairs_sliced",
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

  @ParameterizedTest
  @CsvSource({
    "hf_longest, true, 1",
    "hf_multiple, true, 1",
    "hf_max_length_pair, true, 1",
    "hf_layer, true, 1",
    "hf_distilbert, true, 1",
    "hub_start, true, 1",
    "hub_start_end, true, 1",
    "hub_waterfall_pair, true, 1",
    "hub_xlm_roberta_221, true, 1",
    "hub_xlm_roberta_pair, true, 1",
    // A text with [PAD] has a token that the model takes for padding.
    "hub_specials, true, 1",
    "pairs_text, true, 1",
    "pairs_two, true, 1",
    "hub_padded_late, true, 1",
    "hub_cut_late, true, 1",
    "hub_sequence_mask, true, 1",
    "hub_ones_mask, true, 1",
    "hub_types_of_halves, true, 1",
    "hub_fast_texts, true, 1",
    // A row of an empty text is padding alone.
    "hub_plain, false, 32",
  })
  void recognised_model_packsRowsIfItTellsTheirTokens(String name, boolean packs, int least)
      throws IOException {
    PreparedModel model = prepared(name);
    Encoder encoder = model.recognised();
    assertThat(encoder.packsRows()).isEqualTo(packs);
    assertThat(encoder.missed()).isEmpty();
    assertThat(model.lengths(encoder).least()).isEqualTo(least);
  }

  @Test
  void program_modelWithTextOps_isDescribed() throws IOException {
    assertThat(prepared("clean_html").tokenizer().program().describe())
        .containsExactly(
            "StringLower ''", "RegexReplace '<[^>]+>|&amp;' ' ' 'true'", "StringStrip");
  }

  static PreparedModel prepared(String name) throws IOException {
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
