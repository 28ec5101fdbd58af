package dev.bertserve.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ModelSchemasTest {

  @Test
  void instance_textAndKey_isAnObject() {
    assertThat(
            ModelSchemas.instance(
                new ModelSignature(
                    List.of(
                        InputSpec.text("text"),
                        new InputSpec("a \"key\"", List.of(1), ValueType.INT64, false),
                        new InputSpec("tags", List.of(3), ValueType.STRING, false)),
                    List.of(new OutputSpec("score", List.of(1))))))
        .isEqualTo(
            """
            title: instance
            type: object
            required:
            - "text"
            - "a \\"key\\""
            - "tags"
            properties:
              "text":
                type: string
              "a \\"key\\"":
                type: integer
                format: int64
              "tags":
                type: array
                minItems: 3
                maxItems: 3
                items:
                  type: string
            """);
  }

  @Test
  void instance_optionalText_isNotRequired() {
    assertThat(
            ModelSchemas.instance(
                new ModelSignature(
                    List.of(InputSpec.text("text"), InputSpec.optionalText("text_pair")),
                    List.of(new OutputSpec("score", List.of(1))))))
        .isEqualTo(
            """
            title: instance
            type: object
            required:
            - "text"
            properties:
              "text":
                type: string
              "text_pair":
                type: string
            """);
  }

  @Test
  void prediction_oneOutput_isItsTensor() {
    assertThat(
            ModelSchemas.prediction(
                ModelSignature.ofTexts(
                    List.of("text"), List.of(new OutputSpec("score", List.of(2, 1))))))
        .isEqualTo(
            """
            title: prediction
            type: array
            minItems: 2
            maxItems: 2
            items:
              type: array
              minItems: 1
              maxItems: 1
              items:
                type: number
                format: float
            """);
  }

  @Test
  void prediction_severalOutputs_isAnObject() {
    assertThat(
            ModelSchemas.prediction(
                ModelSignature.ofTexts(
                    List.of("text"),
                    List.of(
                        new OutputSpec("label", List.of(), ValueType.STRING),
                        new OutputSpec("flag", List.of(), ValueType.BOOL)))))
        .isEqualTo(
            """
            title: prediction
            type: object
            required:
            - "label"
            - "flag"
            properties:
              "label":
                type: string
              "flag":
                type: boolean
            """);
  }
}
