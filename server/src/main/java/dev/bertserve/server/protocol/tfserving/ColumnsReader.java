package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.protocol.rows.TextReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads texts input by input: {@code {"a": [...], "b": [...]}}, or a bare list for the only input.
 * A text is a string or {@code {"b64": ...}}, alone or in a list of its own. One body, one thread.
 */
final class ColumnsReader {

  private static final String INPUTS = "inputs";

  private final JsonReader json;
  private final List<String> inputs;
  private final int maxRows;
  private final TextReader texts;

  /** The input whose texts are read. */
  private String current = "";

  ColumnsReader(JsonReader json, List<String> inputs, int maxRows) {
    this.json = json;
    this.inputs = inputs;
    this.maxRows = maxRows;
    this.texts = new TextReader(json, () -> "inputs[\"" + TfBody.shown(current) + "\"]");
  }

  /** Reads the value that starts with {@code start}. */
  RowList read(JsonToken start) {
    if (start == JsonToken.OBJECT) {
      return named();
    }
    if (inputs.size() > 1) {
      throw TfBody.invalid("inputs: " + start.label() + " (expected: an object by input name)");
    }
    return column(start, inputs.get(0));
  }

  private RowList named() {
    Map<String, RowList> columns = new HashMap<>();
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      JsonToken value = json.next();
      if (inputs.contains(key)) {
        columns.put(key, column(value, key));
      } else if (key.equals(TextReader.BASE64) && inputs.size() == 1) {
        columns.put(inputs.get(0), decoded(value));
      } else {
        json.skip();
      }
    }
    List<RowList> ordered = new ArrayList<>();
    for (String input : inputs) {
      RowList column = columns.get(input);
      if (column == null) {
        throw TfBody.invalid("Missing named input: " + input + " in 'inputs' object.");
      }
      ordered.add(column);
    }
    return ordered.size() == 1 ? ordered.get(0) : rows(ordered);
  }

  private RowList decoded(JsonToken value) {
    RowList column = new RowList(INPUTS, maxRows);
    current = inputs.get(0);
    column.add(new String[] {texts.decoded(value)});
    return column;
  }

  /** The rows that {@code columns} make up. */
  private RowList rows(List<RowList> columns) {
    int count = columns.get(0).size();
    for (int i = 1; i < columns.size(); i++) {
      if (columns.get(i).size() != count) {
        throw TfBody.invalid(
            "inputs: %d texts of %s (expected: %d, as of %s)"
                .formatted(columns.get(i).size(), inputs.get(i), count, inputs.get(0)));
      }
    }
    RowList rows = new RowList(INPUTS, maxRows);
    for (int row = 0; row < count; row++) {
      String[] texts = new String[columns.size()];
      for (int i = 0; i < texts.length; i++) {
        texts[i] = columns.get(i).texts().get(row)[0];
      }
      rows.add(texts);
    }
    return rows;
  }

  /** Rows of one text each. */
  private RowList column(JsonToken start, String input) {
    RowList column = new RowList(INPUTS, maxRows);
    if (start != JsonToken.ARRAY) {
      column.add(new String[] {text(start, input)});
      return column;
    }
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      column.requireRoom();
      column.add(new String[] {token == JsonToken.ARRAY ? listed(input) : text(token, input)});
      token = json.next();
    }
    return column;
  }

  /** The text in a list of one. */
  private String listed(String input) {
    String text = text(json.next(), input);
    JsonToken end = json.next();
    if (end != JsonToken.ARRAY_END) {
      throw TfBody.invalid("inputs[\"" + input + "\"]: a list of several (expected: of one text)");
    }
    return text;
  }

  private String text(JsonToken token, String input) {
    current = input;
    return texts.read(token);
  }
}
