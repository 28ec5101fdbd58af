package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.RowFault.Rule;
import java.util.function.Supplier;

/**
 * Reads one text: a string, or base64 as {@code {"b64": ...}}; either may be in a list of its own.
 * One body, one thread.
 */
public final class TextReader {

  /** The key of base64. */
  public static final String BASE64 = "b64";

  private final JsonReader json;
  private final Supplier<String> place;

  /** {@code place} returns where the current text is, for error messages. */
  public TextReader(JsonReader json, Supplier<String> place) {
    this.json = json;
    this.place = place;
  }

  /** The text that starts with {@code token}. */
  public String read(JsonToken token) {
    if (token == JsonToken.STRING) {
      return json.text();
    }
    if (token != JsonToken.OBJECT) {
      throw notText(token);
    }
    if (json.next() != JsonToken.NAME || !json.text().equals(BASE64)) {
      throw notText(token);
    }
    String text = decoded(json.next());
    if (json.next() != JsonToken.OBJECT_END) {
      throw notText(token);
    }
    return text;
  }

  /** The text, alone or in a list of its own, that starts with {@code token}. */
  public String readListed(JsonToken token) {
    if (token != JsonToken.ARRAY) {
      return read(token);
    }
    String text = read(json.next());
    requireListEnd();
    return text;
  }

  /** Throws INVALID if more than one text is in the list. */
  void requireListEnd() {
    int count = 1;
    while (json.next() != JsonToken.ARRAY_END) {
      json.skip();
      count++;
    }
    if (count > 1) {
      throw wrong(
          Rule.SIZE, Integer.toString(count), ": a list of several (expected: of one text)");
    }
  }

  /** The text of the base64 that starts with {@code value}. */
  public String decoded(JsonToken value) {
    if (value != JsonToken.STRING) {
      throw notText(value);
    }
    String text = Base64Text.decode(json.text());
    if (text == null) {
      throw wrong(Rule.BASE64, "", ": bad base64 (expected: base64 of text in UTF-8)");
    }
    return text;
  }

  private RowFault notText(JsonToken token) {
    return token == JsonToken.ARRAY_END
        ? wrong(Rule.SIZE, "0", ": an empty list (expected: of one text)")
        : wrong(
            Rule.TYPE,
            RowFault.json(token, json.text()),
            ": " + token.label() + " (expected: a string)");
  }

  private RowFault wrong(Rule rule, String found, String problem) {
    return new RowFault(rule, found, place.get() + problem);
  }
}
