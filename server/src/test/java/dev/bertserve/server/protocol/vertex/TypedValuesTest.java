package dev.bertserve.server.protocol.vertex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.fixture.Leases;
import dev.bertserve.server.fixture.Requests;
import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import dev.bertserve.server.serving.ValueType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TypedValuesTest {

  /** Returns the input beside the text. */
  private record Echo(ValueType type, List<Integer> rowShape) implements PredictionService {

    @Override
    public String signatureName() {
      return "serving_default";
    }

    @Override
    public ModelSignature signature() {
      return new ModelSignature(
          List.of(InputSpec.text("text"), new InputSpec("key", rowShape, type, false)),
          List.of(new OutputSpec("key", rowShape, type, 0, "key")));
    }

    @Override
    public void requireRoom(Caller caller) {
      // There is always room.
    }

    @Override
    public int maxRows() {
      return 100;
    }

    @Override
    public CompletionStage<Prediction> predict(PredictRequest request) {
      int rows = request.rows().size();
      return CompletableFuture.completedStage(
          new Prediction(rows, signature().outputs(), request.others()));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "INT64; 9223372036854775807; 9223372036854775807",
        "INT64; -9223372036854775808; -9223372036854775808",
        "INT64; 9007199254740993; 9007199254740993",
        "INT64; 7.0; 7",
        "INT64; 1.2e3; 1200",
        "INT64; 0e999999999; 0",
        "UINT64; 18446744073709551615; 18446744073709551615",
        "INT32; -2147483648; -2147483648",
        "UINT32; 4294967295; 4294967295",
        "UINT8; 255; 255",
        "BOOL; true; true",
        "FLOAT; 0.1; 0.1",
        "FLOAT; 1; 1.0",
        "DOUBLE; 0.12345678901234568; 0.12345678901234568",
        "STRING; \"row \\u0000\\\"\\u00e9\\ud83d\\ude00\"; \"row \\u0000\\\"\u00e9\\uD83D\\uDE00\"",
        "STRING; \"\\ud800\"; \"\\uD800\"",
        "STRING; \"\"; \"\"",
        "STRING; {\"b64\":\"w6k=\"}; \"\u00e9\"",
        "STRING; [{\"b64\":\"\"}]; \"\"",
      })
  void value_ofAnyType_comesBackExactly(ValueType type, String value, String written)
      throws IOException {
    assertThat(answer(type, List.of(), "[{\"key\":" + value + ",\"text\":\"t\"}]"))
        .isEqualTo("[" + written + "]");
    assertThat(answer(type, List.of(), "[[\"t\"," + value + "]]")).isEqualTo("[" + written + "]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "INT64; 9223372036854775808; 9223372036854775808 (expected: a whole number of type DT_INT64)",
        "INT64; 1.5; 1.5 (expected: a whole number of type DT_INT64)",
        "INT64; 1e999999999; 1e999999999 (expected: a whole number of type DT_INT64)",
        "INT64; 1e-999999999; 1e-999999999 (expected: a whole number of type DT_INT64)",
        "INT64; \"7\"; a string (expected: a number)",
        "INT64; null; null (expected: a number, or null with --null-text null)",
        "INT64; {}; an object (expected: a number)",
        "INT64; [1,2]; 2 values (expected: 1)",
        "INT64; []; 0 values (expected: 1)",
        "UINT64; -1; -1 (expected: a whole number of type DT_UINT64)",
        "INT32; 2147483648; 2147483648 (expected: a whole number of type DT_INT32)",
        "FLOAT; 1e39; 1e39 (expected: a finite number of type DT_FLOAT)",
        "FLOAT; \"1.\"; a string (expected: a number)",
        "INT32; \"NaN\"; a string (expected: a number)",
        "BOOL; \"1\"; a string (expected: a boolean)",
        "DOUBLE; 1e309; 1e309 (expected: a finite number of type DT_DOUBLE)",
        "BOOL; 1; a number (expected: a boolean)",
        "STRING; 7; a number (expected: a string)",
        "STRING; {\"b65\":\"w6k=\"}; an object (expected: a string)",
        "STRING; {\"b64\":\"w6\"}; bad base64 (expected: base64 of text in UTF-8)",
      })
  void value_notOfItsType_isRejected(ValueType type, String value, String reason) {
    assertThatThrownBy(() -> answer(type, List.of(), "[{\"text\":\"t\",\"key\":" + value + "}]"))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
        .hasMessage("instances[0][\"key\"]: " + reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '`',
      value = {
        "\"t\"; instances[0]: a string",
        "{\"text\":\"t\"}; instances[0]: no key \"key\"",
        "{\"key\":7}; instances[0]: no key \"text\"",
        "[\"t\"]; instances[0]: 1 elements",
        "[\"t\",7,8]; instances[0]: 3 elements",
      })
  void row_withoutAllInputs_isRejected(String instance, String reason) {
    assertThatThrownBy(() -> answer(ValueType.INT64, List.of(), "[" + instance + "]"))
        .hasMessage(
            reason + " (expected: {\"text\": string, \"key\": number} or [string, number])");
  }

  @Test
  void value_inAColumn_mayBeInBrackets() throws IOException {
    assertThat(
            answer(
                ValueType.INT64,
                List.of(1),
                "[{\"text\":\"t\",\"key\":[7]},{\"text\":\"t\",\"key\":8}]"))
        .isEqualTo("[[7],[8]]");
  }

  @Test
  void values_ofSeveralDimensions_keepTheirShape() throws IOException {
    assertThat(
            answer(ValueType.STRING, List.of(2, 1), "[{\"text\":\"t\",\"key\":[[\"a\"],[\"b\"]]}]"))
        .isEqualTo("[[[\"a\"],[\"b\"]]]");
  }

  @Test
  void values_asBigQueryWritesThem_areNumbers() throws IOException {
    assertThat(
            answer(
                ValueType.DOUBLE,
                List.of(2),
                "[{\"text\":\"t\",\"key\":[\"0.12345678901234568\",\"NaN\"]},[\"t\",[2,\"-Infinity\"]]]"))
        .isEqualTo("[[0.12345678901234568,\"NaN\"],[2.0,\"-Infinity\"]]");
  }

  @Test
  void values_ofManyRows_areAllThere() throws IOException {
    StringBuilder instances = new StringBuilder();
    StringBuilder expected = new StringBuilder();
    for (int row = 0; row < 100; row++) {
      String comma = row == 0 ? "" : ",";
      instances.append(comma).append("[\"t\",").append(row).append(']');
      expected.append(comma).append(row);
    }

    assertThat(answer(ValueType.INT64, List.of(), "[" + instances + "]"))
        .isEqualTo("[" + expected + "]");
  }

  private static String answer(ValueType type, List<Integer> rowShape, String instances)
      throws IOException {
    byte[] body = ("{\"instances\":" + instances + "}").getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream sink = new ByteArrayOutputStream();
    new VertexEndpoint(
            () -> Leases.of(new Echo(type, rowShape)),
            new VertexSettings(PredictionForm.TENSOR, NullText.ERROR))
        .handle(Requests.post("/predict", body))
        .toCompletableFuture()
        .join()
        .payload()
        .writeTo(sink);
    String answer = sink.toString(StandardCharsets.UTF_8);
    String start = "{\"predictions\":";
    return answer.substring(start.length(), answer.length() - 1);
  }
}
