package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowFault.Rule;
import dev.bertserve.server.serving.InputSpec;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads instances, each in any allowed form, into rows of texts. One body, one thread. */
public final class InstanceReader {

  private final JsonReader json;
  private final List<String> inputs = new ArrayList<>();
  private final List<ColumnReader> others = new ArrayList<>();
  private final int textCount;

  /** Inputs that a row must have; those behind them are optional. */
  private final int required;

  private final InstanceRules rules;
  private final TextReader texts;

  /** Where the current text is: in row {@link #row}, at a key or, in an array, at an index. */
  private int row;

  private @Nullable String key;
  private int index;

  /** Whether a value beside the texts of the current row is null. */
  private boolean lacksValue;

  public InstanceReader(JsonReader json, List<InputSpec> inputs, InstanceRules rules) {
    this.json = json;
    for (InputSpec input : inputs) {
      this.inputs.add(input.name());
      if (!input.isText()) {
        String name = input.name();
        others.add(
            new ColumnReader(
                json,
                input.type(),
                input.rowSize(),
                any -> location() + "[" + quoted(name) + "]",
                rules.quoted()));
      }
    }
    this.textCount = inputs.size() - others.size();
    this.required = InputSpec.required(inputs).size();
    this.rules = rules;
    this.texts = new TextReader(json, this::place);
  }

  /** Index of the instance that is read. */
  public int row() {
    return row;
  }

  /** The key whose value is read; null outside of an object. */
  public @Nullable String key() {
    return key;
  }

  /** Reads the array of instances that starts with {@code start}. */
  public RowList list(JsonToken start, int maxRows) {
    start.require(JsonToken.ARRAY, rules.list());
    RowList rows = new RowList(rules.list(), maxRows);
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      rows.requireRoom();
      row = rows.size();
      String[] texts = instance(token);
      rows.add(texts);
      if (texts == null) {
        others.forEach(column -> column.cutTo(rows.texts().size()));
      }
      token = json.next();
    }
    rows.setOthers(others.stream().map(ColumnReader::column).toList());
    return rows;
  }

  /**
   * The instance that starts with {@code token}; null if a value is null and the rules allow it.
   */
  private String @Nullable [] instance(JsonToken token) {
    lacksValue = false;
    key = null;
    boolean single = required == 1;
    if (token == JsonToken.STRING && single) {
      return new String[] {json.text()};
    }
    if (token == JsonToken.OBJECT) {
      return single ? singleKey() : keyed(json.next());
    }
    if (token == JsonToken.ARRAY) {
      return positional();
    }
    if (token == JsonToken.NULL && rules.nullText() == NullText.NULL) {
      return null;
    }
    String cure = token == JsonToken.NULL ? rules.nullCure() : "";
    throw wrong(Rule.TYPE, RowFault.json(token, json.text()), ": " + token.label(), cure);
  }

  private String @Nullable [] positional() {
    @Nullable String[] values = new @Nullable String[textCount];
    index = 0;
    JsonToken token = json.next();
    while (token != JsonToken.ARRAY_END) {
      if (index < inputs.size()) {
        value(token, index, values);
      } else {
        json.skip();
      }
      index++;
      token = json.next();
    }
    if (index < required || index > inputs.size()) {
      throw wrong(Rule.SIZE, Integer.toString(index), ": " + index + " elements", "");
    }
    return complete(values);
  }

  /** Reads the value of one input. */
  private void value(JsonToken token, int input, @Nullable String[] values) {
    if (input < textCount) {
      values[input] = token == JsonToken.NULL && input >= required ? null : text(token);
      return;
    }
    ColumnReader column = others.get(input - textCount);
    if (token == JsonToken.NULL) {
      if (rules.nullText() != NullText.NULL) {
        throw nullValue(
            location() + "[" + quoted(inputs.get(input)) + "]", "a " + column.valueLabel());
      }
      lacksValue = true;
    } else {
      column.read(token, row);
    }
  }

  /** An object for a model that needs one input. */
  private String @Nullable [] singleKey() {
    JsonToken first = json.next();
    if (first == JsonToken.OBJECT_END) {
      throw wrong(Rule.KEYS, "", ": no key", "");
    }
    key = json.text();
    if (inputs.size() > 1 && inputs.contains(key)) {
      return keyed(first);
    }
    JsonToken value = json.next();
    String text;
    if (key.equals(TextReader.BASE64)) {
      text = texts.decoded(value);
    } else if (rules.anyKey() || inputs.contains(key)) {
      text = text(value);
    } else {
      throw unknown(key);
    }
    if (json.next() != JsonToken.OBJECT_END) {
      key = json.text();
      throw wrong(Rule.KEYS, Shown.of(key), ": extra key " + quoted(key), "");
    }
    return text == null ? null : new String[] {text};
  }

  /**
   * An object whose keys are the names of the inputs, in any order; {@code first} is what follows
   * its start.
   */
  private String @Nullable [] keyed(JsonToken first) {
    @Nullable String[] values = new @Nullable String[textCount];
    boolean[] given = new boolean[inputs.size()];
    for (JsonToken token = first; token == JsonToken.NAME; token = json.next()) {
      key = json.text();
      int input = inputs.indexOf(key);
      if (input < 0) {
        throw unknown(key);
      }
      value(json.next(), input, values);
      given[input] = true;
    }
    for (int i = 0; i < required; i++) {
      if (!given[i]) {
        throw wrong(Rule.KEYS, "", ": no key " + quoted(inputs.get(i)), "");
      }
    }
    return complete(values);
  }

  /** Null if one of the row's values is; shorter if the row lacks an optional one. */
  private String @Nullable [] complete(@Nullable String[] values) {
    boolean lacksLast = values[textCount - 1] == null && required < inputs.size();
    String[] complete = new String[lacksLast ? textCount - 1 : textCount];
    for (int i = 0; i < complete.length; i++) {
      String text = values[i];
      if (text == null) {
        return null;
      }
      complete[i] = text;
    }
    return lacksValue ? null : complete;
  }

  /** A text or null, alone or, in an object, in a list of its own. */
  private @Nullable String text(JsonToken token) {
    if (token != JsonToken.ARRAY || key == null) {
      return plainText(token);
    }
    String text = plainText(json.next());
    texts.requireListEnd();
    return text;
  }

  private @Nullable String plainText(JsonToken token) {
    if (token != JsonToken.NULL) {
      return texts.read(token);
    }
    if (rules.nullText() != NullText.NULL) {
      throw nullValue(place(), "a string");
    }
    return null;
  }

  private RowFault nullValue(String place, String expected) {
    String problem = ": null (expected: " + expected + rules.nullCure() + ")";
    return new RowFault(Rule.TYPE, json.text(), place + problem);
  }

  private String place() {
    return location() + "[" + (key == null ? Integer.toString(index) : quoted(key)) + "]";
  }

  private String location() {
    return rules.list() + "[" + row + "]";
  }

  private RowFault unknown(String name) {
    return wrong(Rule.KEYS, Shown.of(name), ": unknown key " + quoted(name), "");
  }

  private RowFault wrong(Rule rule, String found, String problem, String cure) {
    String message = location() + problem + " (expected: " + expected() + cure + ")";
    return new RowFault(rule, found, message);
  }

  private String expected() {
    if (required > 1) {
      return objectOrArray(required);
    }
    return "a string, "
        + objectOrArray(1)
        + (inputs.size() > 1 ? ", or for a pair " + objectOrArray(inputs.size()) : "");
  }

  /** A row with the first {@code count} inputs, as an object and as an array. */
  private String objectOrArray(int count) {
    StringBuilder keys = new StringBuilder();
    StringBuilder elements = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String comma = i == 0 ? "" : ", ";
      String value = i < textCount ? "string" : others.get(i - textCount).label();
      keys.append(comma).append(quoted(inputs.get(i))).append(": ").append(value);
      elements.append(comma).append(value);
    }
    return "{" + keys + "} or [" + elements + "]";
  }

  private static String quoted(String key) {
    return '"' + Shown.of(key) + '"';
  }
}
