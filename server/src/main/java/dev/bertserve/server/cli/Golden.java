package dev.bertserve.server.cli;

import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The known outputs for one row of texts.
 *
 * @param texts in the order of the model's inputs
 * @param outputs in the order of the model's outputs; empty if the line has none
 */
public record Golden(List<String> texts, List<double[]> outputs) {

  /** Reads {@code {"inputs":{name:text},"outputs":{name:[..]}}}; {@code number} is for messages. */
  public static Golden parse(String line, long number, ModelSignature signature) {
    Map<String, String> texts = new HashMap<>();
    Map<String, double[]> values = new HashMap<>();
    try (JsonReader reader = new JsonReader(line.getBytes(StandardCharsets.UTF_8))) {
      expect(reader.next(), JsonToken.OBJECT, number);
      for (JsonToken key = reader.next(); key == JsonToken.NAME; key = reader.next()) {
        String part = reader.text();
        expect(reader.next(), JsonToken.OBJECT, number);
        for (JsonToken name = reader.next(); name == JsonToken.NAME; name = reader.next()) {
          String tensor = reader.text();
          JsonToken token = reader.next();
          if (part.equals("inputs")) {
            expect(token, JsonToken.STRING, number);
            texts.put(tensor, reader.text());
          } else {
            values.put(tensor, numbers(reader, token, number));
          }
        }
      }
    } catch (ServingException e) {
      throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
    }
    return new Golden(texts(texts, number, signature), outputs(values, number, signature));
  }

  private static List<String> texts(
      Map<String, String> texts, long number, ModelSignature signature) {
    List<String> inputs = new ArrayList<>();
    for (String input : signature.inputs()) {
      inputs.add(required(texts.get(input), "inputs." + input, number));
    }
    return inputs;
  }

  private static List<double[]> outputs(
      Map<String, double[]> values, long number, ModelSignature signature) {
    if (values.isEmpty()) {
      return List.of();
    }
    List<double[]> outputs = new ArrayList<>();
    for (OutputSpec output : signature.outputs()) {
      double[] expected = required(values.get(output.name()), "outputs." + output.name(), number);
      if (expected.length != output.rowSize()) {
        throw new IllegalArgumentException(
            "line "
                + number
                + ": outputs."
                + output.name()
                + " of "
                + expected.length
                + " values (expected: "
                + output.rowSize()
                + ")");
      }
      outputs.add(expected);
    }
    return outputs;
  }

  private static double[] numbers(JsonReader reader, JsonToken first, long number) {
    List<Double> values = new ArrayList<>();
    int depth = 0;
    JsonToken token = first;
    do {
      switch (token) {
        case ARRAY -> depth++;
        case ARRAY_END -> depth--;
        case NUMBER -> values.add(reader.number());
        default -> expect(token, JsonToken.NUMBER, number);
      }
      if (depth > 0) {
        token = reader.next();
      }
    } while (depth > 0);
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static <T> T required(@Nullable T value, String name, long number) {
    if (value == null) {
      throw new IllegalArgumentException(
          "line " + number + ": no " + name + " (expected: present)");
    }
    return value;
  }

  private static void expect(JsonToken token, JsonToken expected, long number) {
    if (token != expected) {
      throw new IllegalArgumentException(
          "line " + number + ": " + token.label() + " (expected: " + expected.label() + ")");
    }
  }
}
