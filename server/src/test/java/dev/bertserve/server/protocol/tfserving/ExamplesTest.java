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
    assertThatThrownBy(() -> json("{\"context\":{\"key\":1.5},\"examples\":[]}"))
        .isInstanceOf(ServingException.class)
        .hasMessage(
            "Name: <unknown>, Key: key, Index: 0.  Data types don't match. Data type: float but"
                + " expected type: int64");
  }

  @Test
  void message_featuresOfOtherKindsAndCounts_areTold() {
    assertRefused(number(1), "Data types don't match. Data type: int64 but expected type: string");
    assertRefused(
        text("a").toBuilder().setBytesList(BytesList.getDefaultInstance()).build(),
        "Number of string values != expected.  Values size: 0 but output shape: []");
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
