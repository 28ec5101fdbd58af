package dev.bertserve.server.protocol.tfserving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.bertserve.proto.tfserving.ExampleListWithContext;
import dev.bertserve.proto.tfserving.Input;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.InputSpec;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.BytesList;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/** Examples of a model with an optional text. */
final class ExampleRowsTest {

  private static final List<InputSpec> INPUTS =
      List.of(InputSpec.text("text"), InputSpec.optionalText("text_pair"));

  @Test
  void of_optionalFeature_isInTheRowsThatHaveIt() {
    ExampleListWithContext examples =
        ExampleListWithContext.newBuilder()
            .addExamples(example(Map.of("text", "a")))
            .addExamples(example(Map.of("text", "a", "text_pair", "")))
            .build();
    Input input = Input.newBuilder().setExampleListWithContext(examples).build();
    ExampleListWithContext paired =
        examples.toBuilder().setContext(example(Map.of("text_pair", "b"))).build();

    assertThat(ExampleRows.of(input, INPUTS, 2).texts())
        .containsExactly(new String[] {"a"}, new String[] {"a", ""});
    assertThat(
            ExampleRows.of(input.toBuilder().setExampleListWithContext(paired).build(), INPUTS, 2)
                .texts())
        .containsExactly(new String[] {"a", "b"}, new String[] {"a", ""});
  }

  @Test
  void of_optionalFeatureAlone_isInvalid() {
    ExampleListWithContext examples =
        ExampleListWithContext.newBuilder().addExamples(example(Map.of("text_pair", "b"))).build();

    assertThatThrownBy(
            () ->
                ExampleRows.of(
                    Input.newBuilder().setExampleListWithContext(examples).build(), INPUTS, 2))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining("Feature: text (data type: string) is required but could not be");
  }

  private static Example example(Map<String, String> texts) {
    Example.Builder example = Example.newBuilder();
    texts.forEach(
        (name, text) ->
            example
                .getFeaturesBuilder()
                .putFeature(
                    name,
                    Feature.newBuilder()
                        .setBytesList(
                            BytesList.newBuilder().addValue(ByteString.copyFromUtf8(text)))
                        .build()));
    return example.build();
  }
}
