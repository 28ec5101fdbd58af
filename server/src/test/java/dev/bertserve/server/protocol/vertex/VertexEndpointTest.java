package dev.bertserve.server.protocol.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.endpoint.Request;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.Leases;
import dev.bertserve.server.fixture.Requests;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import dev.bertserve.server.serving.admission.Permit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VertexEndpointTest {

  private static final List<String> ONE = List.of("text");
  private static final List<String> TWO = List.of("premise", "claim");
  private static final OutputSpec SCORE = new OutputSpec("score", List.of(1));

  /** Value j of row i of output o is 100 o + i + j / 8. */
  private static final class Counter implements PredictionService {
    final List<String> texts = new ArrayList<>();
    int left;
    private final ModelSignature signature;
    boolean full;

    Counter(List<String> inputs, List<OutputSpec> outputs) {
      this.signature = ModelSignature.ofTexts(inputs, outputs);
    }

    @Override
    public String signatureName() {
      return "serving_default";
    }

    @Override
    public ModelSignature signature() {
      return signature;
    }

    @Override
    public void requireRoom(Caller caller) {
      if (full) {
        throw new ServingException(FailureKind.OVERLOADED, "overloaded: full", 1);
      }
    }

    @Override
    public int maxRows() {
      return 1_000;
    }

    @Override
    public CompletionStage<Prediction> predict(PredictRequest request) {
      for (String[] row : request.rows()) {
        texts.add(String.join("|", row));
      }
      int rows = request.rows().size();
      List<Column> values = new ArrayList<>();
      for (OutputSpec output : signature.outputs()) {
        float[] flat = new float[rows * output.rowSize()];
        for (int i = 0; i < flat.length; i++) {
          int row = i / output.rowSize();
          flat[i] = 100f * values.size() + row + (i % output.rowSize()) / 8f;
        }
        values.add(Column.of(flat));
      }
      return CompletableFuture.completedFuture(
          new Prediction(rows, signature.outputs(), values, new Permit(() -> left++)));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"instances\":[\"a\",\"b\"]}",
        "{\"instances\":[{\"text\":\"a\"},{\"any column\":\"b\"}]}",
        "{\"instances\":[[\"a\"],{\"b64\":\"Yg==\"}]}",
        "{\"instances\":[\"a\",{\"text\":{\"b64\":\"Yg\"}}]}",
        " {\n\"parameters\":{\"instances\":[{}]},\"x\":[[1]], \"instances\" : [ \"a\" , [\"b\"] ],\"y\":null} ",
        "\ufeff{\"instances\":[\"\\u0061\",\"b\"],\"parameters\":null}"
      })
  void oneInput_everyForm_isText(String body) throws IOException {
    Counter service = new Counter(ONE, List.of(SCORE));
    assertThat(answer(service, PredictionForm.TENSOR, body))
        .isEqualTo("{\"predictions\":[[0.0],[1.0]]}");
    assertThat(service.texts).containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"instances\":[[\"p\",\"c\"]]}",
        "{\"instances\":[{\"premise\":\"p\",\"claim\":\"c\"}]}",
        "{\"instances\":[{\"claim\":\"c\",\"premise\":\"p\"}]}"
      })
  void twoInputs_everyForm_isInSignatureOrder(String body) throws IOException {
    Counter service = new Counter(TWO, List.of(SCORE));
    answer(service, PredictionForm.TENSOR, body);
    assertThat(service.texts).containsExactly("p|c");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "[\"a\"]; body: an array (expected: {\"instances\": [...]})",
        "{}; instances: missing (expected: {\"instances\": [...]})",
        "{\"instances\":\"a\"}; instances: a string (expected: an array)",
        "{\"instances\":null}; instances: null (expected: an array)",
        "{\"instances\":[1]}; instances[0]: a number (expected: a string, {\"text\": string} or"
            + " [string])",
        "{\"instances\":[\"a\",null]}; instances[1]: null (expected: a string, {\"text\": string}"
            + " or [string], or null with --null-text null)",
        "{\"instances\":[[1]]}; instances[0][0]: a number (expected: a string)",
        "{\"instances\":[[[\"a\"]]]}; instances[0][0]: an array (expected: a string)",
        "{\"instances\":[{\"text\":1}]}; instances[0][\"text\"]: a number (expected: a string)",
        "{\"instances\":[{\"text\":{\"a\":1}}]}; instances[0][\"text\"]: an object (expected: a"
            + " string)",
        "{\"instances\":[{\"b64\":\"*\"}]}; instances[0][\"b64\"]: bad base64 (expected: base64 of"
            + " text in UTF-8)",
        "{\"instances\":[{\"b64\":\"/w==\"}]}; instances[0][\"b64\"]: bad base64 (expected: base64"
            + " of text in UTF-8)",
        "{\"instances\":[{\"text\":\"a\",\"id\":1}]}; instances[0]: extra key \"id\" (expected: a"
            + " string, {\"text\": string} or [string])"
      })
  void oneInput_wrongShape_isNamedWithItsPlace(String body, String message) {
    assertInvalid(ONE, body, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "{\"instances\":[\"a\"]}; instances[0]: a string",
        "{\"instances\":[[\"a\"]]}; instances[0]: 1 elements",
        "{\"instances\":[[\"a\",\"b\",\"c\"]]}; instances[0]: 3 elements",
        "{\"instances\":[{\"premise\":\"a\"}]}; instances[0]: no key \"claim\"",
        "{\"instances\":[{\"premise\":\"a\",\"x\":\"b\"}]}; instances[0]: unknown key \"x\""
      })
  void twoInputs_wrongShape_isNamedWithItsPlace(String body, String message) {
    String expected = " (expected: {\"premise\": string, \"claim\": string} or [string, string])";
    assertInvalid(TWO, body, message + expected);
  }

  @Test
  void noRoom_rejectsWithoutReadingTheBody() {
    Counter service = new Counter(ONE, List.of(SCORE));
    service.full = true;
    assertThatThrownBy(() -> answer(service, PredictionForm.TENSOR, "{not json"))
        .isInstanceOf(ServingException.class)
        .hasMessage("overloaded: full");
  }

  @Test
  void payload_closed_closesThePrediction() throws IOException {
    Counter service = new Counter(ONE, List.of(SCORE));
    try (Payload payload = payload(service, PredictionForm.TENSOR, "{\"instances\":[\"a\"]}")) {
      payload.writeTo(OutputStream.nullOutputStream());
      assertThat(service.left).isZero();
    }

    assertThat(service.left).isEqualTo(1);
  }

  @Test
  void emptyInstances_returnsEmptyPredictions() throws IOException {
    Counter service = new Counter(ONE, List.of(SCORE));
    assertThat(answer(service, PredictionForm.TENSOR, "{\"instances\":[]}"))
        .isEqualTo("{\"predictions\":[]}");
    assertThat(service.texts).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "TENSOR; 1; [[0.0],[1.0]]",
        "TENSOR; ''; [0.0,1.0]",
        "TENSOR; 2; [[0.0,0.125],[1.0,1.125]]",
        "TENSOR; 2,2; [[[0.0,0.125],[0.25,0.375]],[[1.0,1.125],[1.25,1.375]]]",
        "TENSOR; 1,1; [[[0.0]],[[1.0]]]",
        "SCALAR; 1; [0.0,1.0]",
        "SCALAR; ''; [0.0,1.0]",
        "SCALAR; 1,1; [0.0,1.0]",
        "SCALAR; 2; [[0.0,0.125],[1.0,1.125]]",
        "OBJECT; 1; [{\"o\":[0.0]},{\"o\":[1.0]}]",
        "OBJECT; ''; [{\"o\":0.0},{\"o\":1.0}]",
      })
  void oneOutput_forms_areGolden(PredictionForm form, String shape, String predictions)
      throws IOException {
    List<Integer> dimensions = new ArrayList<>();
    for (String dimension : shape.split(",", -1)) {
      if (!dimension.isEmpty()) {
        dimensions.add(Integer.parseInt(dimension));
      }
    }
    Counter service = new Counter(ONE, List.of(new OutputSpec("o", dimensions)));
    assertThat(answer(service, form, "{\"instances\":[\"a\",\"b\"]}"))
        .isEqualTo("{\"predictions\":" + predictions + "}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "TENSOR; [{\"a\":[0.0],\"b\":[100.0,100.125]}]",
        "SCALAR; [{\"a\":0.0,\"b\":[100.0,100.125]}]",
        "OBJECT; [{\"a\":[0.0],\"b\":[100.0,100.125]}]"
      })
  void twoOutputs_forms_areGolden(PredictionForm form, String predictions) throws IOException {
    Counter service =
        new Counter(ONE, List.of(new OutputSpec("a", List.of(1)), new OutputSpec("b", List.of(2))));
    assertThat(answer(service, form, "{\"instances\":[\"t\"]}"))
        .isEqualTo("{\"predictions\":" + predictions + "}");
  }

  private static void assertInvalid(List<String> inputs, String body, String message) {
    Counter service = new Counter(inputs, List.of(SCORE));
    assertThatThrownBy(() -> answer(service, PredictionForm.TENSOR, body))
        .isInstanceOf(ServingException.class)
        .hasMessage(message);
  }

  private static String answer(Counter service, PredictionForm form, String body)
      throws IOException {
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    assertThat(payload(service, form, body).writeTo(sink)).isFalse();
    return sink.toString(StandardCharsets.UTF_8);
  }

  private static Payload payload(Counter service, PredictionForm form, String body) {
    Request request = Requests.post("/predict", body.getBytes(StandardCharsets.UTF_8));
    return new VertexEndpoint(() -> Leases.of(service), new VertexSettings(form, NullText.ERROR))
        .handle(request)
        .toCompletableFuture()
        .join()
        .payload();
  }
}
