package dev.bertserve.server.protocol.tfserving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.bertserve.proto.tfserving.ExampleListWithContext;
import dev.bertserve.proto.tfserving.Input;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;
import org.tensorflow.proto.Features;
import org.tensorflow.proto.FloatList;
import org.tensorflow.proto.Int64List;

/** Texts and numbers of examples and of their context, in JSON and in messages. */
final class ExamplesTest {

  private static final List<InputSpec> INPUTS =
      List.of(
          InputSpec.text("text"),
          new InputSpec("key", List.of(), ValueType.INT64, false),
          new InputSpec("weights", List.of(2), ValueType.FLOAT, false));
  private static final int MAX_ROWS = 3;

  private static RowList json(String body) {
    return ExamplesReader.read(body.getBytes(StandardCharsets.UTF_8), INPUTS, MAX_ROWS).rows();
  }

  private static void assertMerged(RowList rows) {
    assertThat(rows.texts()).extracting(row -> row[0]).containsExactly("a", "c", "b");
    assertThat(rows.others())
        .containsExactly(
            new Column.Longs(new long[] {7, 9_007_199_254_740_993L, 8}),
            Column.of(0.5f, 1, 2, 3, 0.5f, 1));
  }

  @Test
  void json_contextOfTextsAndNumbers_servesWhatExamplesLack() {
    String examples =
        "\"examples\":[{\"text\":\"a\",\"key\":7},{\"weights\":[2,3]},{\"text\":[\"b\"],\"key\":[8]}]";
    String context =
        "\"context\":{\"text\":\"c\",\"key\":9007199254740993,\"weights\":[0.5,1],\"more\":[1]}";

    assertMerged(json("{" + examples + "," + context + "}"));
    assertMerged(json("{" + context + "," + examples + "}"));
  }

  @Test
  void json_numberInNeither_isTold() {
    assertThatThrownBy(
            () ->
                json(
                    "{\"context\":{\"key\":1},\"examples\":[{\"text\":\"a\",\"weights\":[1,2]},{\"text\":\"a\"}]}"))
        .isInstanceOf(ServingException.class)
        .hasMessage(
            "Name: <unknown>, Feature: weights (data type: float) is required but could not be"
                + " found. (examples[1])");
  }

  @Test
  void json_wrongNumberInTheContext_isTold() {
    assertThatThrownBy(() -> json("{\"context\":{\"key\":1.5},\"examples\":[{\"text\":\"a\"}]}"))
        .isInstanceOf(ServingException.class)
        .hasMessage(
            "Name: <unknown>, Key: key, Index: 0.  Data types don't match. Data type: float but"
                + " expected type: int64");
  }

  @Test
  void json_flagsAndEmptyLists_areIntegersAndNothing() {
    RowList rows =
        json(
            "{\"context\":{\"text\":\"c\",\"weights\":[]},"
                + "\"examples\":[{\"text\":[],\"key\":true,\"weights\":[2,0.5]}]}");

    assertThat(rows.texts()).extracting(row -> row[0]).containsExactly("c");
    assertThat(rows.others()).containsExactly(new Column.Longs(new long[] {1}), Column.of(2, 0.5f));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'a','b' | 1 | [1.5,2] | Name: <unknown>, Key: text, Index: 0.  Can't parse serialized Example.",
        "'a',1 | 1 | [1,2] | Unexpected element type in feature: text expecting type: bytes",
        "null | 1 | [1,2] | Feature: text has element with unexpected JSON type: Null",
        "['a'] | 1 | [1,2] | Feature: text has element with unexpected JSON type: Array",
        "{'b64':'YQ==','a':1} | 1 | [1,2] | Feature: text has element with unexpected JSON type: Object",
        "'a' | 1 | [1.5,'2'] | Unexpected element type in feature: weights expecting type: float",
        "'a' | 1 | [1,2,3] | Name: <unknown>, Key: weights, Index: 0.  Number of float values != expected.  Values size: 3 but output shape: [2]",
        "'a' | 99999999999999999999 | [1,2] | examples[0].key: 99999999999999999999 (expected: a whole number of type DT_INT64)",
      })
  void json_faultsOfFeatures_areToldAsTensorFlowServingDoes(
      String text, String key, String weights, String message) {
    String body =
        "{'examples':[{'text':[%s],'key':%s,'weights':%s}]}".formatted(text, key, weights);

    assertThatThrownBy(() -> json(body.replace('\'', '"')))
        .isInstanceOf(ServingException.class)
        .hasMessage(message);
  }

  @Test
  void message_featuresOfOtherKindsAndCounts_areTold() {
    assertRefused(number(1), "Data types don't match. Data type: int64 but expected type: string");
    assertRefused(
        text("a").toBuilder().setBytesList(BytesList.getDefaultInstance()).build(),
        "Number of bytes values != expected.  Values size: 0 but output shape: []");
    assertRefused(
        Feature.newBuilder()
            .setBytesList(
                BytesList.newBuilder()
                    .addValue(ByteString.copyFromUtf8("a"))
                    .addValue(ByteString.copyFromUtf8("b")))
            .build(),
        "Can't parse serialized Example.");
  }

  private static void assertRefused(Feature text, String problem) {
    ExampleListWithContext list =
        ExampleListWithContext.newBuilder()
            .addExamples(example(Features.newBuilder().putFeature("text", text)))
            .build();
    Input input = Input.newBuilder().setExampleListWithContext(list).build();

    assertThatThrownBy(() -> ExampleRows.of(input, INPUTS, MAX_ROWS))
        .isInstanceOf(ServingException.class)
        .hasMessage("Name: <unknown>, Key: text, Index: 0.  " + problem);
  }

  @Test
  void message_contextOfTextsAndNumbers_servesWhatExamplesLack() {
    ExampleListWithContext list =
        ExampleListWithContext.newBuilder()
            .addExamples(
                example(
                    Features.newBuilder()
                        .putFeature("text", text("a"))
                        .putFeature("key", number(7))))
            .addExamples(example(Features.newBuilder().putFeature("weights", floats(2, 3))))
            .addExamples(
                example(
                    Features.newBuilder()
                        .putFeature("text", text("b"))
                        .putFeature("key", number(8))))
            .setContext(
                example(
                    Features.newBuilder()
                        .putFeature("text", text("c"))
                        .putFeature("weights", floats(0.5f, 1))
                        .putFeature("key", number(9_007_199_254_740_993L))))
            .build();

    assertMerged(
        ExampleRows.of(
            Input.newBuilder().setExampleListWithContext(list).build(), INPUTS, MAX_ROWS));
  }

  private static Example example(Features.Builder features) {
    return Example.newBuilder().setFeatures(features).build();
  }

  private static Feature text(String text) {
    return Feature.newBuilder()
        .setBytesList(BytesList.newBuilder().addValue(ByteString.copyFromUtf8(text)))
        .build();
  }

  private static Feature number(long number) {
    return Feature.newBuilder().setInt64List(Int64List.newBuilder().addValue(number)).build();
  }

  private static Feature floats(float first, float second) {
    return Feature.newBuilder()
        .setFloatList(FloatList.newBuilder().addValue(first).addValue(second))
        .build();
  }
}
