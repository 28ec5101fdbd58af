package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.server.cli.Golden;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.EncodedRow;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.server.wiring.LoadedModel;
import dev.bertserve.tokenizer.TokenIds;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of model that users export: what is understood, its ids and its answers. */
class SmallModelsTest {

  private static final double TOLERANCE = 1e-5;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Expected properties of a model. */
  record Facts(
      String model,
      String kind,
      boolean lowerCase,
      int sequenceLength,
      boolean anyPadding,
      int layers,
      List<String> inputs,
      String outputs) {

    @Override
    public String toString() {
      return model;
    }
  }

  static Stream<Facts> models() {
    List<String> text = List.of("text");
    List<String> textOrPair = List.of("text", "text_pair");
    List<String> pair = List.of("sentence1", "sentence2");
    String score = "classifier[1]";
    String several =
        "logits[3] tf.__operators__.getitem_1[1]whole tf.math.argmax[]whole"
            + " tf.math.l2_normalize[32]";
    return Stream.of(
        new Facts("bert_uncased", "WordPiece", true, 128, true, 2, text, score),
        new Facts("bert_cased_S32", "WordPiece", false, 32, true, 1, text, score),
        new Facts("bert_multi_cased", "WordPiece", false, 128, true, 1, text, "classes[5]"),
        new Facts("albert", "SentencePiece", true, 128, true, 2, text, score),
        new Facts("albert_pair", "SentencePiece", true, 128, true, 1, List.of("b", "a"), score),
        new Facts("electra_S256", "WordPiece", true, 256, true, 1, text, score),
        new Facts("talking_heads", "WordPiece", true, 128, true, 2, text, score),
        new Facts("pair_S64", "WordPiece", true, 64, true, 1, pair, "classes[2]"),
        new Facts("mean_pooled", "WordPiece", true, 128, false, 1, text, "mean[1]"),
        new Facts("masked_mean", "WordPiece", true, 128, true, 1, List.of("review"), "mean[2]"),
        new Facts("several_outputs", "WordPiece", true, 128, true, 1, List.of("sentence"), several),
        new Facts(
            "token_states_S32", "WordPiece", true, 32, false, 1, text, "BERT_encoder[32, 32]"),
        new Facts("tfkeras_save", "WordPiece", true, 128, true, 1, text, score),
        new Facts("tfkeras_export", "WordPiece", true, 128, true, 1, text, "output_0[3]"),
        new Facts("module", "WordPiece", true, 128, true, 1, List.of("body"), "probabilities[2]"),
        new Facts("fast_uncased", "FastWordPiece", true, 128, true, 1, text, "score[1]"),
        new Facts("save_216", "WordPiece", true, 128, true, 1, text, "classes[2]"),
        new Facts("export_216_S64", "WordPiece", false, 64, true, 1, text, "output_0[1]"),
        new Facts(
            "encoder_216",
            "WordPiece",
            true,
            128,
            false,
            1,
            textOrPair,
            "bert_encoder[32] bert_encoder_1[128, 32] bert_encoder_2[32] bert_encoder_3[128, 32]"),
        new Facts("save_217", "SentencePiece", true, 128, true, 1, text, score),
        new Facts(
            "export_217_pair",
            "WordPiece",
            true,
            128,
            true,
            1,
            List.of("premise", "hypothesis"),
            "output_0[3]"),
        new Facts("subclass_217", "WordPiece", true, 128, true, 1, List.of("input_1"), "scores[2]"),
        new Facts("column_217", "WordPiece", true, 128, true, 1, text, "model_3[1]"),
        new Facts("fast_217", "FastWordPiece", true, 128, true, 1, text, "score[1]"),
        new Facts("encoder_cased_217", "WordPiece", false, 128, true, 1, textOrPair, score),
        new Facts("recurrent_S32", "WordPiece", true, 32, false, 1, text, "classes[2]"),
        new Facts("save_24_S32", "WordPiece", true, 32, true, 1, text, score),
        new Facts("save_24_pair_S48", "WordPiece", false, 48, true, 1, List.of("b", "a"), score),
        new Facts("save_24_albert", "SentencePiece", true, 128, true, 1, text, score),
        new Facts("save_212", "WordPiece", true, 128, true, 1, text, score),
        new Facts(
            "save_212_pair_S48",
            "WordPiece",
            true,
            48,
            true,
            1,
            List.of("first", "second"),
            "classes[2]"),
        new Facts("fast_cased", "FastWordPiece", false, 128, true, 1, text, "score[1]"));
  }

  @ParameterizedTest
  @MethodSource("models")
  void prepare_model_understandsIt(Facts expected) throws IOException {
    PreparedModel model = SmallModels.location(expected.model()).prepare();
    TokenSource tokens = model.tokenizer().source();
    String outputs =
        String.join(
            " ",
            model.signature().outputs().stream()
                .map(
                    output ->
                        output.name()
                            + output.rowShape()
                            + (output.type().isWhole() ? "whole" : ""))
                .toList());
    assertThat(
            new Facts(
                expected.model(),
                tokens.kind(),
                tokens.lowerCase(),
                tokens.sequenceLength(),
                model.lengths().least() == 1,
                model.encoder().layers(),
                model.signature().inputNames(),
                outputs))
        .isEqualTo(expected);
    assertThat(model.encoder().width()).isEqualTo(32);
    assertThat(model.encoder().heads()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("models")
  void recognise_model_findsEveryPart(Facts facts) throws IOException {
    Encoder encoder = Encoder.recognise(SmallModels.location(facts.model()).prepare().graph());
    int layers = facts.layers();
    boolean projected = facts.model().matches(".*albert.*|electra.*|save_217");

    assertThat(encoder.matches())
        .containsEntry("embeddings", 3)
        .containsEntry("layer norm", 1 + 2 * layers)
        .containsEntry("dense", 6 * layers + (projected ? 1 : 0))
        .containsEntry("gelu", layers)
        .containsEntry("attention", layers);
    // Their outputs depend on all tokens.
    boolean packed =
        !facts.model().matches("mean_pooled|token_states_S32|encoder_216|recurrent_S32");
    assertThat(encoder.missed()).isEqualTo(packed ? Map.of() : Map.of("packed rows", layers));
  }

  @ParameterizedTest
  @MethodSource("models")
  void tokenizer_trickyTexts_givesTheModelsIds(Facts facts) throws IOException {
    Tokenizer tokenizer =
        SmallModels.location(facts.model()).prepare().tokenizer().loaded().tokenizer();
    for (String line : SmallModels.lines(facts.model(), "tokens.jsonl")) {
      JsonNode golden = JSON.readTree(line);
      JsonNode text = golden.get("text");
      TokenIds ids =
          text.isArray()
              ? tokenizer.tokenize(text.get(0).asText(), text.get(1).asText())
              : tokenizer.tokenize(text.asText());
      assertThat(ids.toArray()).as(line).isEqualTo(ints(golden.get("ids")));
      int[] segments = ints(golden.get("segments"));
      for (int i = 0; i < segments.length; i++) {
        assertThat(i < ids.secondStart() ? 0 : 1).as(line).isEqualTo(segments[i]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void engine_trickyTexts_returnsTheModelsOutputs(Facts facts) throws IOException {
    try (LoadedModel model =
        LoadedModel.load(
            SmallModels.location(facts.model()), EngineSettings.of(Precision.FP32, 1))) {
      List<Golden> goldens = new ArrayList<>();
      List<EncodedRow> rows = new ArrayList<>();
      for (String line : SmallModels.lines(facts.model(), "goldens.jsonl")) {
        Golden golden = Golden.parse(line, goldens.size() + 1, model.model().signature());
        goldens.add(golden);
        List<String> texts = golden.texts();
        rows.add(model.encoding().encode(texts.toArray(new String[0])));
      }
      List<Column> answers = model.engine().runAll(rows);
      for (int row = 0; row < goldens.size(); row++) {
        List<Column> expected = goldens.get(row).outputs();
        for (int output = 0; output < expected.size(); output++) {
          Column values = expected.get(output);
          int size = values.size();
          Column found = answers.get(output).slice(row * size, (row + 1) * size);
          for (int i = 0; i < size; i++) {
            assertThat(values.difference(i, found))
                .as("%s output %d of %s", facts, output, goldens.get(row).texts())
                .isLessThanOrEqualTo(TOLERANCE);
          }
        }
      }
    }
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asInt();
    }
    return values;
  }
}
