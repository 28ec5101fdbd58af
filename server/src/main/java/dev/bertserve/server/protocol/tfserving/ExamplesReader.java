package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowFault;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.protocol.rows.TextReader;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"context": {...}, "examples": [{...}, ...]}}, where each input of the model is a
 * feature of the example or of the context. Ignores other features. One body, one thread.
 */
final class ExamplesReader {

  private static final String CONTEXT = "context";

  private final JsonReader json;
  private final List<InputSpec> inputs;
  private final List<String> names;
  private final int maxRows;
  private final TextReader texts;

  private Optional<String> signature = Optional.empty();
  private @Nullable ExampleFeature[] context;
  private @Nullable List<@Nullable ExampleFeature[]> examples;

  private ExamplesReader(JsonReader json, List<InputSpec> inputs, int maxRows) {
    this.json = json;
    this.inputs = inputs;
    this.names = inputs.stream().map(InputSpec::name).toList();
    this.maxRows = maxRows;
    this.context = new @Nullable ExampleFeature[inputs.size()];
    this.texts = new TextReader(json, () -> ExampleRows.EXAMPLES);
  }

  /**
   * Returns the rows, each with its texts in the order of {@code inputs}. Throws INVALID for a
   * malformed body, and TOO_LARGE as soon as there are more than {@code maxRows} rows.
   */
  static PredictBody read(byte[] body, List<InputSpec> inputs, int maxRows) {
    try (JsonReader json = TfBody.open(body)) {
      return new ExamplesReader(json, inputs, maxRows).document();
    }
  }

  private PredictBody document() {
    TfBody.members(json, this::member);
    List<@Nullable ExampleFeature[]> read = examples;
    if (read == null) {
      throw TfBody.invalid("When method is classify, key 'examples' is expected and was not found");
    }
    if (read.isEmpty()) {
      throw TfBody.invalid("'examples' value is an empty array");
    }
    ExampleRows rows = new ExampleRows(inputs, maxRows);
    read.forEach(example -> rows.add(example, context));
    return new PredictBody(signature, rows.list(), false);
  }

  private void member(String key, JsonToken value) {
    switch (key) {
      case TfBody.SIGNATURE -> signature = Optional.of(TfBody.signature(json, value));
      case CONTEXT -> context = example(value);
      case ExampleRows.EXAMPLES -> examples = list(value);
      default -> json.skip();
    }
  }

  private List<@Nullable ExampleFeature[]> list(JsonToken start) {
    if (start != JsonToken.ARRAY) {
      throw TfBody.invalid("Expecting 'examples' value to be an list/array");
    }
    RowList room = new RowList(ExampleRows.EXAMPLES, maxRows);
    List<@Nullable ExampleFeature[]> list = new ArrayList<>();
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      room.add(null);
      list.add(example(token));
      token = json.next();
    }
    return list;
  }

  private @Nullable ExampleFeature[] example(JsonToken start) {
    if (start != JsonToken.OBJECT) {
      throw TfBody.invalid(
          "Example must be JSON object but got JSON "
              + TfFaults.jsonType(RowFault.json(start, json.text())));
    }
    @Nullable ExampleFeature[] found = new @Nullable ExampleFeature[inputs.size()];
    while (json.next() == JsonToken.NAME) {
      int input = names.indexOf(json.text());
      JsonToken value = json.next();
      if (input < 0) {
        json.skip();
      } else {
        found[input] = feature(value, inputs.get(input));
      }
    }
    return found;
  }

  /** The values of {@code input}, in a list or one alone; null for an empty list. */
  private @Nullable ExampleFeature feature(JsonToken start, InputSpec input) {
    boolean listed = start == JsonToken.ARRAY;
    JsonToken token = listed ? json.next() : start;
    if (token == JsonToken.ARRAY_END) {
      return null;
    }
    ValueType kind = kind(token, input);
    List<String> values = new ArrayList<>();
    int count = 0;
    do {
      ValueType own = kind(token, input);
      if ((own == ValueType.STRING) != (kind == ValueType.STRING)) {
        throw TfFaults.mixedKinds(kind, input);
      }
      // Integers may stand among floats.
      kind = own == ValueType.INT64 ? kind : own;
      String value = value(token, input);
      count++;
      if (count <= input.rowSize()) {
        values.add(value);
      }
      token = listed ? json.next() : JsonToken.ARRAY_END;
    } while (token != JsonToken.ARRAY_END);
    return new ExampleFeature(kind, count, values);
  }

  private ValueType kind(JsonToken token, InputSpec input) {
    return switch (token) {
      case STRING, OBJECT -> ValueType.STRING;
      case BOOLEAN -> ValueType.INT64;
      case NUMBER -> isWhole(json.text()) ? ValueType.INT64 : ValueType.FLOAT;
      default -> throw TfFaults.element(RowFault.json(token, json.text()), input);
    };
  }

  private static boolean isWhole(String number) {
    return number.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
  }

  private String value(JsonToken token, InputSpec input) {
    if (token == JsonToken.BOOLEAN) {
      return json.text().equals("true") ? "1" : "0";
    }
    if (token != JsonToken.OBJECT) {
      return json.text();
    }
    try {
      return texts.read(token);
    } catch (RowFault e) {
      throw e.rule() == RowFault.Rule.BASE64
          ? TfBody.invalid(TfFaults.value(e, input))
          : TfFaults.element("{", input);
    }
  }
}
