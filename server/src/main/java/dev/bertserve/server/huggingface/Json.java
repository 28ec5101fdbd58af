package dev.bertserve.server.huggingface;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as a tree of {@code Map}, {@code List}, {@code String}, {@code Number}, {@code Boolean} and
 * {@link #NULL}.
 */
final class Json {

  /** JSON's null. */
  static final Object NULL = new Object();

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxStringLength(Integer.MAX_VALUE).build())
          .build();

  private Json() {}

  /**
   * Reads an object.
   *
   * @throws IllegalArgumentException where {@code text} is none; {@code name} says what it is
   */
  static Map<String, Object> object(String name, String text) {
    try (JsonParser in = FACTORY.createParser(text)) {
      in.nextToken();
      return map(name, value(in));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(
          name + ": " + e.getOriginalMessage() + " (expected: JSON)", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(name + ": cut off (expected: JSON)", e);
    }
  }

  private static Object value(JsonParser in) throws IOException {
    JsonToken token = in.currentToken();
    if (token == null) {
      throw new IOException("end of the text");
    }
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
          String key = in.currentName();
          in.nextToken();
          map.put(key, value(in));
        }
        yield map;
      }
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          list.add(value(in));
        }
        yield list;
      }
      case VALUE_STRING -> in.getText();
      case VALUE_NUMBER_INT -> in.getNumberValue();
      case VALUE_NUMBER_FLOAT -> in.getDecimalValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> NULL;
    };
  }

  static String write(Map<String, Object> tree) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      write(out, tree);
    } catch (IOException e) {
      throw new IllegalStateException("a string that cannot be written to", e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator out, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        out.writeFieldName(String.valueOf(entry.getKey()));
        write(out, entry.getValue());
      }
      out.writeEndObject();
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      for (Object element : list) {
        write(out, element);
      }
      out.writeEndArray();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof BigDecimal number) {
      out.writeNumber(number);
    } else if (value instanceof Number number) {
      out.writeNumber(number.longValue());
    } else if (value instanceof Boolean flag) {
      out.writeBoolean(flag);
    } else {
      out.writeNull();
    }
  }

  /** {@code value} as an object with text keys. */
  static Map<String, Object> map(String name, Object value) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new IllegalArgumentException(name + ": not an object (expected: a JSON object)");
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    map.forEach((key, entry) -> entries.put(String.valueOf(key), entry));
    return entries;
  }

  /** The object called {@code key}, or an empty one. */
  static Map<String, Object> child(Map<String, Object> parent, String key) {
    return parent.get(key) instanceof Map<?, ?> map ? map(key, map) : Map.of();
  }

  /** The list called {@code key}, or an empty one. */
  static List<?> list(Map<String, Object> parent, String key) {
    return parent.get(key) instanceof List<?> list ? list : List.of();
  }
}
