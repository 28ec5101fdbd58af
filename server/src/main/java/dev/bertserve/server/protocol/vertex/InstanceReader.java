package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import java.util.ArrayList;
import java.util.List;

/** Reads one instance, in any allowed form, into a row: its texts, and what is beside them. */
final class InstanceReader {

  private static final String BASE64 = "b64";
  private static final int SHOWN_KEY = 60;

  private final JsonReader json;
  private final List<String> inputs = new ArrayList<>();
  private final List<ColumnReader> others = new ArrayList<>();
  private final int texts;

  InstanceReader(JsonReader json, List<InputSpec> inputs) {
    this.json = json;
    for (InputSpec input : inputs) {
      this.inputs.add(input.name());
      if (!input.isText()) {
        String name = input.name();
        others.add(
            new ColumnReader(json, input.type(), input.rowSize(), row -> location(row, name)));
      }
    }
    this.texts = inputs.size() - others.size();
  }

  /** The columns of the inputs that are not tokenised, of all rows that were read. */
  List<Column> others() {
    List<Column> columns = new ArrayList<>(others.size());
    for (ColumnReader input : others) {
      columns.add(input.column());
    }
    return columns;
  }

  /**
   * Reads the instance that starts with {@code token}; {@code row} is its index, for error
   * messages.
   */
  String[] read(JsonToken token, int row) {
    boolean single = inputs.size() == 1;
    if (token == JsonToken.STRING && single) {
      return new String[] {json.text()};
    }
    if (token == JsonToken.OBJECT) {
      return single ? singleKey(row) : keyed(row);
    }
    if (token == JsonToken.ARRAY) {
      return positional(row);
    }
    throw invalid("instances[" + row + "]: " + token.label() + expected());
  }

  private String[] positional(int row) {
    String[] read = new String[texts];
    int count = 0;
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      if (count == inputs.size()) {
        throw invalid("instances[" + row + "]: more than " + count + " elements" + expected());
      }
      if (count >= texts) {
        others.get(count - texts).read(token, row);
      } else if (token == JsonToken.STRING) {
        read[count] = json.text();
      } else {
        throw invalid(
            "instances[" + row + "][" + count + "]: " + token.label() + " (expected: a string)");
      }
      count++;
      token = json.next();
    }
    if (count < inputs.size()) {
      throw invalid("instances[" + row + "]: " + count + " elements" + expected());
    }
    return read;
  }

  /** An object for a model with one input: any key is allowed. */
  private String[] singleKey(int row) {
    if (json.next() == JsonToken.OBJECT_END) {
      throw invalid("instances[" + row + "]: no key" + expected());
    }
    String key = json.text();
    JsonToken value = json.next();
    String text;
    if (key.equals(BASE64)) {
      text = base64(value, row, key);
    } else if (value == JsonToken.OBJECT) {
      text = nestedBase64(row, key);
    } else {
      text = string(value, row, key);
    }
    if (json.next() != JsonToken.OBJECT_END) {
      throw invalid("instances[" + row + "]: extra key " + quoted(json.text()) + expected());
    }
    return new String[] {text};
  }

  private String nestedBase64(int row, String key) {
    if (json.next() != JsonToken.NAME || !json.text().equals(BASE64)) {
      throw notText(JsonToken.OBJECT, row, key);
    }
    String text = base64(json.next(), row, key);
    if (json.next() != JsonToken.OBJECT_END) {
      throw notText(JsonToken.OBJECT, row, key);
    }
    return text;
  }

  /**
   * An object for a model with several inputs: its keys are the names of the inputs, in any order.
   */
  private String[] keyed(int row) {
    String[] read = new String[texts];
    boolean[] present = new boolean[inputs.size()];
    while (json.next() == JsonToken.NAME) {
      String key = json.text();
      int input = inputs.indexOf(key);
      if (input < 0) {
        throw invalid("instances[" + row + "]: unknown key " + quoted(key) + expected());
      }
      present[input] = true;
      JsonToken value = json.next();
      if (input < texts) {
        read[input] = string(value, row, key);
      } else {
        others.get(input - texts).read(value, row);
      }
    }
    for (int i = 0; i < present.length; i++) {
      if (!present[i]) {
        throw invalid("instances[" + row + "]: no key " + quoted(inputs.get(i)) + expected());
      }
    }
    return read;
  }

  private String string(JsonToken value, int row, String key) {
    if (value != JsonToken.STRING) {
      throw notText(value, row, key);
    }
    return json.text();
  }

  private String base64(JsonToken value, int row, String key) {
    String text = Base64Text.decode(string(value, row, key));
    if (text == null) {
      throw invalid(location(row, key) + ": bad base64 (expected: base64 of text in UTF-8)");
    }
    return text;
  }

  private static ServingException notText(JsonToken value, int row, String key) {
    return invalid(location(row, key) + ": " + value.label() + " (expected: a string)");
  }

  private static String location(int row, String key) {
    return "instances[" + row + "][" + quoted(key) + "]";
  }

  private String expected() {
    if (inputs.size() == 1) {
      return " (expected: a string, {" + quoted(inputs.get(0)) + ": string} or [string])";
    }
    StringBuilder keys = new StringBuilder();
    StringBuilder elements = new StringBuilder();
    for (int i = 0; i < inputs.size(); i++) {
      String comma = i == 0 ? "" : ", ";
      String value = i < texts ? "string" : others.get(i - texts).label();
      keys.append(comma).append(quoted(inputs.get(i))).append(": ").append(value);
      elements.append(comma).append(value);
    }
    return " (expected: {" + keys + "} or [" + elements + "])";
  }

  private static String quoted(String key) {
    String shown = key.length() <= SHOWN_KEY ? key : key.substring(0, SHOWN_KEY) + "...";
    return '"' + shown + '"';
  }

  private static ServingException invalid(String message) {
    return new ServingException(FailureKind.INVALID, message);
  }
}
