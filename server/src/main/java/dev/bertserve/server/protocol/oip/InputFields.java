package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowList;
import java.util.ArrayList;
import java.util.List;

/** The members of one input in the JSON of a request, as they are read. One thread. */
final class InputFields {

  static final int MAX_DIMENSIONS = 8;

  private final JsonReader json;
  private final RowList room;

  private String name = "";
  private String datatype = "";
  private List<Long> shape = List.of();
  private int binaryBytes = -1;
  private JsonToken kind = JsonToken.END;
  private List<String> values = List.of();

  InputFields(JsonReader json, int maxValues) {
    this.json = json;
    this.room = new RowList("inputs", maxValues);
  }

  void read(String key, JsonToken value) {
    switch (key) {
      case "name" -> name = json.string(value, "inputs.name");
      case "datatype" -> datatype = json.string(value, "inputs.datatype");
      case "shape" -> shape = shape(value);
      case "parameters" -> parameters(value);
      case "data" -> values = data(value);
      default -> json.skip();
    }
  }

  InputTensor tensor() {
    return new InputTensor(name, datatype, shape, binaryBytes, kind, values);
  }

  private void parameters(JsonToken start) {
    InferReader.object(
        json,
        start,
        "inputs.parameters",
        (key, value) -> {
          InferReader.requireInMessage(key);
          if (key.equals("binary_data_size")) {
            binaryBytes = (int) Math.min(json.wholeNumber(value, key), Integer.MAX_VALUE);
          } else {
            json.skip();
          }
        });
  }

  private List<Long> shape(JsonToken start) {
    start.require(JsonToken.ARRAY, "inputs.shape");
    List<Long> dimensions = new ArrayList<>();
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      if (dimensions.size() == MAX_DIMENSIONS) {
        throw tooManyDimensions();
      }
      dimensions.add(json.wholeNumber(token, "inputs.shape"));
      token = json.next();
    }
    return dimensions;
  }

  static ServingException tooManyDimensions() {
    return InferReader.invalid(
        "inputs.shape: more than " + MAX_DIMENSIONS + " dimensions (expected: [rows, 1])");
  }

  /** The values of nested or flat arrays, in order. */
  private List<String> data(JsonToken start) {
    start.require(JsonToken.ARRAY, "inputs.data");
    List<String> read = new ArrayList<>();
    int depth = 1;
    while (depth > 0) {
      JsonToken token = json.next();
      switch (token) {
        case ARRAY -> depth++;
        case ARRAY_END -> depth--;
        case STRING, NUMBER, BOOLEAN -> {
          requireKind(token, read.size());
          room.add(null);
          read.add(json.text());
        }
        default -> throw wrongValue(token, read.size());
      }
    }
    return read;
  }

  private void requireKind(JsonToken token, int index) {
    if (index == 0) {
      kind = token;
    } else if (kind != token) {
      throw wrongValue(token, index);
    }
  }

  private ServingException wrongValue(JsonToken token, int index) {
    String expected = index == 0 ? "a value" : kind.label();
    return InferReader.invalid(
        "inputs.data[" + index + "]: " + token.label() + " (expected: " + expected + ")");
  }
}
