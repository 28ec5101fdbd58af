package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.ColumnReader;
import dev.bertserve.server.protocol.rows.RowFault;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.protocol.rows.TextReader;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads texts input by input: {@code {"a": [...], "b": [...]}}, or a bare list for the only one
 * that rows must have. A text is a string or {@code {"b64": ...}}, alone or in a list of its own.
 * One body, one thread.
 */
final class ColumnsReader {

  private static final String INPUTS = "inputs";

  private final JsonReader json;
  private final List<InputSpec> inputs;
  private final boolean single;
  private final int maxRows;
  private final TextReader texts;

  /** The input whose values are read. */
  private InputSpec current;

  ColumnsReader(JsonReader json, List<InputSpec> inputs, int maxRows) {
    this.json = json;
    this.inputs = inputs;
    this.current = inputs.get(0);
    this.single = InputSpec.required(inputs).size() == 1;
    this.maxRows = maxRows;
    this.texts = new TextReader(json, () -> INPUTS);
  }

  /** Reads the value that starts with {@code start}. */
  RowList read(JsonToken start) {
    try {
      return columns(start);
    } catch (RowFault e) {
      throw TfBody.invalid(TfFaults.columnar(e, current));
    }
  }

  private RowList columns(JsonToken start) {
    if (start == JsonToken.OBJECT) {
      return named();
    }
    if (!single) {
      throw TfBody.invalid(
          "inputs is a plain value/list, but expecting an object as multiple input tensors required"
              + " as per tensorinfo_map");
    }
    return RowList.of(INPUTS, maxRows, List.of(column(start)), List.of());
  }

  private RowList named() {
    Map<String, List<String>> columns = new HashMap<>();
    Map<String, ColumnReader> others = new HashMap<>();
    Map<String, Integer> sizes = new HashMap<>();
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      JsonToken value = json.next();
      InputSpec input = input(key);
      current = input == null ? inputs.get(0) : input;
      if (input == null && key.equals(TextReader.BASE64) && single) {
        columns.put(inputs.get(0).name(), List.of(texts.decoded(value)));
      } else if (input == null) {
        json.skip();
      } else if (input.isText()) {
        columns.put(key, column(value));
      } else {
        ColumnReader column = new ColumnReader(json, input.type(), input.rowSize(), row -> INPUTS);
        sizes.put(key, readRows(column, value));
        others.put(key, column);
      }
    }
    columns.forEach((name, column) -> sizes.put(name, column.size()));
    requireEqualSizes(sizes);
    return rows(columns, others);
  }

  private @Nullable InputSpec input(String name) {
    for (InputSpec input : inputs) {
      if (input.name().equals(name)) {
        return input;
      }
    }
    return null;
  }

  /** Reads the rows of an input that is not tokenised; returns their number. */
  private int readRows(ColumnReader column, JsonToken start) {
    if (start != JsonToken.ARRAY) {
      column.read(start, 0);
      return 1;
    }
    RowList room = new RowList(INPUTS, maxRows);
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      room.add(null);
      column.read(token, room.size() - 1);
      token = json.next();
    }
    return room.size();
  }

  private void requireEqualSizes(Map<String, Integer> sizes) {
    String first = inputs.get(0).name();
    for (InputSpec input : InputSpec.needed(inputs, sizes.keySet())) {
      Integer size = sizes.get(input.name());
      if (size == null) {
        throw TfBody.invalid("Missing named input: " + input.name() + " in 'inputs' object.");
      }
      if (!size.equals(sizes.get(first))) {
        throw TfBody.invalid(
            "inputs: %d values of %s (expected: %d, as of %s)"
                .formatted(size, input.name(), sizes.get(first), first));
      }
    }
  }

  /** The rows that the columns make up. */
  private RowList rows(Map<String, List<String>> columns, Map<String, ColumnReader> others) {
    List<List<String>> texts = new ArrayList<>();
    List<Column> values = new ArrayList<>();
    for (InputSpec input : inputs) {
      List<String> column = columns.get(input.name());
      ColumnReader other = others.get(input.name());
      if (column != null) {
        texts.add(column);
      } else if (other != null) {
        values.add(other.column());
      }
    }
    return RowList.of(INPUTS, maxRows, texts, values);
  }

  /** A text for each row. */
  private List<String> column(JsonToken start) {
    if (start != JsonToken.ARRAY) {
      return List.of(texts.read(start));
    }
    RowList room = new RowList(INPUTS, maxRows);
    List<String> column = new ArrayList<>();
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      room.add(null);
      column.add(texts.readListed(token));
      token = json.next();
    }
    return column;
  }
}
