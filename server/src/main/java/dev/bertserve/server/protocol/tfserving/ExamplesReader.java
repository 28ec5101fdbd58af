package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowFault;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.protocol.rows.TextReader;
import dev.bertserve.server.serving.InputSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code {"context": {...}, "examples": [{...}, ...]}}, where each input of the model is a
 * feature of the example or of the context. Ignores other features. One body, one thread.
 */
final class ExamplesReader {

  private static final String CONTEXT = "context";
  private static final String EXAMPLES = "examples";

  private final JsonReader json;
  private final List<InputSpec> inputs;
  private final List<String> names;
  private final List<FeatureColumn> others = new ArrayList<>();
  private final int required;
  private final int maxRows;
  private final TextReader texts;

  private Optional<String> signature = Optional.empty();
  private @Nullable String[] context;
  private @Nullable List<@Nullable String[]> examples;

  private ExamplesReader(JsonReader json, List<InputSpec> inputs, int maxRows) {
    this.json = json;
    this.inputs = inputs;
    this.names = inputs.stream().map(InputSpec::name).toList();
    for (InputSpec input : inputs) {
      if (!input.isText()) {
        others.add(new FeatureColumn(json, input));
      }
    }
    this.required = InputSpec.required(inputs).size();
    this.maxRows = maxRows;
    this.context = new @Nullable String[texts()];
    this.texts = new TextReader(json, () -> EXAMPLES);
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
    List<@Nullable String[]> read = examples;
    if (read == null) {
      throw TfBody.invalid("When method is classify, key 'examples' is expected and was not found");
    }
    if (read.isEmpty()) {
      throw TfBody.invalid("'examples' value is an empty array");
    }
    RowList rows = new RowList(EXAMPLES, maxRows);
    for (@Nullable String[] example : read) {
      rows.add(complete(example, rows.size()));
    }
    rows.setOthers(others.stream().map(column -> column.of(read.size())).toList());
    return new PredictBody(signature, rows, false);
  }

  private int texts() {
    return names.size() - others.size();
  }

  private void member(String key, JsonToken value) {
    switch (key) {
      case TfBody.SIGNATURE -> signature = Optional.of(TfBody.signature(json, value));
      case CONTEXT -> context = example(value, -1);
      case EXAMPLES -> examples = list(value);
      default -> json.skip();
    }
  }

  private List<@Nullable String[]> list(JsonToken start) {
    if (start != JsonToken.ARRAY) {
      throw TfBody.invalid("Expecting 'examples' value to be an list/array");
    }
    RowList room = new RowList(EXAMPLES, maxRows);
    List<@Nullable String[]> list = new ArrayList<>();
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      room.add(null);
      list.add(example(token, list.size()));
      token = json.next();
    }
    return list;
  }

  /** {@code row} is negative for the context. */
  private @Nullable String[] example(JsonToken start, int row) {
    if (start != JsonToken.OBJECT) {
      throw TfBody.invalid(
          "Example must be JSON object but got JSON "
              + TfFaults.jsonType(RowFault.json(start, json.text())));
    }
    @Nullable String[] found = new @Nullable String[texts()];
    while (json.next() == JsonToken.NAME) {
      int input = names.indexOf(json.text());
      JsonToken value = json.next();
      if (input < 0) {
        json.skip();
        continue;
      }
      try {
        if (input < found.length) {
          found[input] = texts.readListed(value);
        } else {
          others.get(input - found.length).read(value, row);
        }
      } catch (RowFault e) {
        throw TfFaults.feature(e, inputs.get(input), row);
      }
    }
    return found;
  }

  private String[] complete(@Nullable String[] example, int row) {
    String[] complete = new String[example.length];
    for (int i = 0; i < complete.length; i++) {
      String text = example[i] == null ? context[i] : example[i];
      if (text == null && i >= required) {
        return Arrays.copyOf(complete, i);
      }
      if (text == null) {
        throw TfFaults.missing(inputs.get(i), row);
      }
      complete[i] = text;
    }
    return complete;
  }
}
