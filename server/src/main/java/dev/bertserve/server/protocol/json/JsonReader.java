package dev.bertserve.server.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Reads strict JSON in UTF-8 token by token. Rejects duplicate keys, non-finite numbers, malformed
 * UTF-8, deep nesting, long keys and objects of more than 1,000 keys; keeps escaped unpaired
 * surrogates. Every failure is INVALID and names the position. One thread.
 */
public final class JsonReader implements AutoCloseable {

  private static final int MAX_DEPTH = 100;

  /** Largest whole number that every double up to it can express. */
  private static final double MAX_EXACT = 1L << 53;

  private static final int MAX_KEYS = 1_000;

  /** Bytes of a key that is read in any case; Jackson's table keeps up to 6,000 keys for ever. */
  private static final int MAX_KEY_BYTES = 1_000;

  /** The limit in the units of Jackson, whose memory for a key doubles. */
  private static final int MAX_KEY_MEMORY = 1_024;

  private static final String DUPLICATE = "Duplicate";

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNameLength(MAX_KEY_MEMORY)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /** Reads one member of an object, whose value starts with {@code value}. */
  public interface Member {
    void read(String key, JsonToken value);
  }

  private final JsonParser parser;
  private final String subject;
  private final int[] keys = new int[MAX_DEPTH + 1];
  private int depth;

  /** {@code body} is read in place and must not change. */
  public JsonReader(byte[] body) {
    this(body, "body");
  }

  /** The same, with another start of its messages than {@code body}. */
  public JsonReader(byte[] body, String subject) {
    this.subject = subject;
    requireUtf8(body);
    try {
      parser = FACTORY.createParser(body);
    } catch (IOException e) {
      throw invalid("unreadable (expected: JSON)");
    }
  }

  /** Moves to the next token; {@link JsonToken#END} after the last one. */
  public JsonToken next() {
    try {
      return token(advance());
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  private com.fasterxml.jackson.core.@Nullable JsonToken advance() throws IOException {
    com.fasterxml.jackson.core.JsonToken token = parser.nextToken();
    if (token == com.fasterxml.jackson.core.JsonToken.FIELD_NAME) {
      if (++keys[depth] > MAX_KEYS) {
        throw tooManyKeys();
      }
    } else if (token != null && token.isStructStart()) {
      depth++;
      keys[depth] = 0;
    } else if (token != null && token.isStructEnd()) {
      depth--;
    }
    return token;
  }

  /** The text of the current key or string. */
  public String text() {
    try {
      return parser.getText();
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  /** The value of the current number. */
  public double number() {
    try {
      return parser.getDoubleValue();
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  /** Moves to the end of the current object or array; does nothing at other tokens. */
  public void skip() {
    try {
      com.fasterxml.jackson.core.JsonToken token = parser.currentToken();
      if (token == null || !token.isStructStart()) {
        return;
      }
      int outside = depth - 1;
      while (depth > outside) {
        advance();
      }
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  /** Reads the members of the object {@code name} that starts with {@code start}. */
  public void object(JsonToken start, String name, Member member) {
    start.require(JsonToken.OBJECT, name);
    while (next() == JsonToken.NAME) {
      String key = text();
      member.read(key, next());
    }
  }

  /** The text of {@code token}, which must be a string. */
  public String string(JsonToken token, String name) {
    token.require(JsonToken.STRING, name);
    return text();
  }

  /** The value of {@code token}, which must be a boolean. */
  public boolean flag(JsonToken token, String name) {
    token.require(JsonToken.BOOLEAN, name);
    return text().equals("true");
  }

  /** The value of {@code token}, which must be a number that is whole and not negative. */
  public long wholeNumber(JsonToken token, String name) {
    if (token == JsonToken.NUMBER) {
      double value = number();
      if (value >= 0 && value <= MAX_EXACT && value == Math.rint(value)) {
        return (long) value;
      }
    }
    throw new ServingException(
        FailureKind.INVALID,
        name + ": " + token.label() + " (expected: a whole number, not negative)");
  }

  /** Throws INVALID if more follows; {@code wanted} ends the message. */
  public void requireEnd(String wanted) {
    JsonToken trailing = next();
    if (trailing != JsonToken.END) {
      throw invalid(trailing.label() + " after the object" + wanted);
    }
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw invalid(e);
    }
  }

  private void requireUtf8(byte[] body) {
    int at = Utf8.firstMalformed(body);
    if (at >= 0) {
      throw invalid("byte " + at + " is not UTF-8 (expected: JSON in UTF-8)");
    }
    // Only JSON in UTF-16 or UTF-32 has a zero among its first two bytes.
    if (body.length >= 2 && (body[0] == 0 || body[1] == 0)) {
      throw invalid("starts with a zero byte (expected: JSON in UTF-8)");
    }
  }

  private static JsonToken token(com.fasterxml.jackson.core.@Nullable JsonToken token) {
    if (token == null) {
      return JsonToken.END;
    }
    return switch (token) {
      case START_OBJECT -> JsonToken.OBJECT;
      case END_OBJECT -> JsonToken.OBJECT_END;
      case START_ARRAY -> JsonToken.ARRAY;
      case END_ARRAY -> JsonToken.ARRAY_END;
      case FIELD_NAME -> JsonToken.NAME;
      case VALUE_STRING -> JsonToken.STRING;
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> JsonToken.NUMBER;
      case VALUE_TRUE, VALUE_FALSE -> JsonToken.BOOLEAN;
      case VALUE_NULL -> JsonToken.NULL;
      case NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
          throw new IllegalStateException("token: " + token + " (expected: one of JSON's)");
    };
  }

  private ServingException invalid(IOException cause) {
    return invalid(fault(cause, where()));
  }

  private ServingException tooManyKeys() {
    return invalid(
        "too many keys" + where() + " (expected: at most " + MAX_KEYS + " in an object)");
  }

  private ServingException invalid(String problem) {
    return new ServingException(FailureKind.INVALID, subject + ": " + problem);
  }

  private String where() {
    JsonLocation at = parser.currentLocation();
    return " at line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  private static String fault(IOException cause, String where) {
    if (cause instanceof StreamConstraintsException) {
      return "too deep or too long"
          + where
          + " (expected: at most "
          + MAX_DEPTH
          + " levels, keys and numbers of at most "
          + MAX_KEY_BYTES
          + " bytes)";
    }
    if (cause instanceof JsonEOFException) {
      return "ends too early" + where + " (expected: one whole JSON value)";
    }
    String message = cause.getMessage();
    if (message != null && message.startsWith(DUPLICATE)) {
      return "a key twice" + where + " (expected: each key once)";
    }
    return "not JSON" + where + " (expected: one JSON value)";
  }
}
