package dev.bertserve.server.cli;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.ColumnReader;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The known outputs for one row.
 *
 * @param texts in the order of the model's texts, perhaps without the optional one
 * @param others the row's values of each other input
 * @param outputs in the order of the model's outputs; empty if the line has none
 */
public record Golden(List<String> texts, List<Column> others, List<Column> outputs) {

  /** The row's values of input {@code place}. */
  Column input(int place) {
    return place < texts.size()
        ? new Column.Texts(new String[] {texts.get(place)})
        : others.get(place - texts.size());
  }

  /**
   * Reads {@code {"inputs":{name:value},"outputs":{name:[..]}}}; {@code number} is for messages.
   */
  public static Golden parse(String line, long number, ModelSignature signature) {
    Map<String, Column> inputs = new HashMap<>();
    Map<String, Column> outputs = new HashMap<>();
    try (JsonReader reader = new JsonReader(line.getBytes(StandardCharsets.UTF_8))) {
      expect(reader.next(), JsonToken.OBJECT);
      for (JsonToken key = reader.next(); key == JsonToken.NAME; key = reader.next()) {
        boolean ofInputs = reader.text().equals("inputs");
        expect(reader.next(), JsonToken.OBJECT);
        for (JsonToken name = reader.next(); name == JsonToken.NAME; name = reader.next()) {
          String tensor = reader.text();
          JsonToken first = reader.next();
          if (ofInputs) {
            for (InputSpec input : signature.inputs()) {
              if (input.name().equals(tensor)) {
                inputs.put(tensor, column(reader, input.type(), input.rowSize(), tensor, first));
              }
            }
          } else {
            for (OutputSpec output : signature.outputs()) {
              if (output.name().equals(tensor)) {
                outputs.put(tensor, column(reader, output.type(), output.rowSize(), tensor, first));
              }
            }
          }
          reader.skip();
        }
      }
    } catch (ServingException e) {
      throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
    }
    return of(inputs, outputs, number, signature);
  }

  private static Golden of(
      Map<String, Column> inputs,
      Map<String, Column> outputs,
      long number,
      ModelSignature signature) {
    List<String> texts = new ArrayList<>();
    List<Column> others = new ArrayList<>();
    for (InputSpec input : InputSpec.needed(signature.inputs(), inputs.keySet())) {
      Column values = required(inputs.get(input.name()), "inputs." + input.name(), number);
      if (input.isText()) {
        texts.add(((Column.Texts) values).values()[0]);
      } else {
        others.add(values);
      }
    }
    List<Column> known = new ArrayList<>();
    if (!outputs.isEmpty()) {
      for (OutputSpec output : signature.outputs()) {
        known.add(required(outputs.get(output.name()), "outputs." + output.name(), number));
      }
    }
    return new Golden(texts, others, known);
  }

  private static Column column(
      JsonReader reader, ValueType type, int rowSize, String name, JsonToken first) {
    ColumnReader column = new ColumnReader(reader, type, rowSize, row -> name);
    column.read(first, 0);
    return column.column();
  }

  private static <T> T required(@Nullable T value, String name, long number) {
    if (value == null) {
      throw new IllegalArgumentException(
          "line " + number + ": no " + name + " (expected: present)");
    }
    return value;
  }

  private static void expect(JsonToken token, JsonToken expected) {
    if (token != expected) {
      throw new ServingException(
          FailureKind.INVALID, token.label() + " (expected: " + expected.label() + ")");
    }
  }
}
