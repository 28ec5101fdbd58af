package dev.bertserve.server.bulk;

import dev.bertserve.server.protocol.json.JsonWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Collection;
import java.util.Map;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Values of Avro as JSON and as text. Dates, times and decimals are strings as SQL has them, bytes
 * are strings in Base64, and numbers that are not finite are strings.
 */
final class DatumText {

  private DatumText() {}

  /** The value as text, such as a cell of CSV; null for null. */
  static @Nullable String text(Schema schema, @Nullable Object value) throws IOException {
    if (value == null) {
      return null;
    }
    Object scalar = scalar(branch(schema, value), value);
    return scalar == null ? json(schema, value) : scalar.toString();
  }

  static String json(Schema schema, @Nullable Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonWriter json = new JsonWriter(bytes)) {
      write(json, schema, value);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  static void write(JsonWriter json, Schema schema, @Nullable Object value) throws IOException {
    if (value == null) {
      json.nullValue();
      return;
    }
    Schema type = branch(schema, value);
    Object scalar = scalar(type, value);
    if (scalar instanceof Number || scalar instanceof Boolean || scalar instanceof JsonText) {
      json.raw(scalar.toString());
    } else if (scalar != null) {
      json.value(scalar.toString());
    } else {
      container(json, type, value);
    }
  }

  private static void container(JsonWriter json, Schema type, Object value) throws IOException {
    if (value instanceof Collection<?> elements) {
      json.beginArray();
      for (Object element : elements) {
        write(json, type.getElementType(), element);
      }
      json.endArray();
      return;
    }
    json.beginObject();
    if (value instanceof IndexedRecord struct) {
      for (Schema.Field field : type.getFields()) {
        json.name(field.name());
        write(json, field.schema(), struct.get(field.pos()));
      }
    } else {
      for (Map.Entry<?, ?> entry : ((Map<?, ?>) value).entrySet()) {
        json.name(entry.getKey().toString());
        write(json, type.getValueType(), entry.getValue());
      }
    }
    json.endObject();
  }

  /** The type of {@code value} among those of a union. */
  private static Schema branch(Schema schema, Object value) {
    if (!schema.isUnion()) {
      return schema;
    }
    // A value of JSON has no type of its own
    return value instanceof JsonText
        ? schema.getTypes().get(schema.getTypes().size() - 1)
        : schema.getTypes().get(GenericData.get().resolveUnion(schema, value));
  }

  /** A finite number, a boolean, JSON, or a value whose text is a string; null for a container. */
  private static @Nullable Object scalar(Schema type, Object value) {
    return switch (type.getType()) {
      case INT, LONG -> ofLong(type.getLogicalType(), ((Number) value).longValue());
      case FLOAT, DOUBLE ->
          Double.isFinite(((Number) value).doubleValue()) ? value : value.toString();
      case BYTES -> ofBytes(type.getLogicalType(), AvroCodecs.bytes((ByteBuffer) value));
      case FIXED -> ofBytes(type.getLogicalType(), ((GenericFixed) value).bytes());
      case STRING -> value instanceof JsonText ? value : value.toString();
      case BOOLEAN -> value;
      case ENUM -> value.toString();
      case ARRAY, MAP, RECORD, UNION, NULL -> null;
    };
  }

  private static Object ofLong(@Nullable LogicalType type, long value) {
    if (type instanceof LogicalTypes.Date) {
      return LocalDate.ofEpochDay(value);
    }
    if (type instanceof LogicalTypes.TimeMillis) {
      return LocalTime.MIDNIGHT.plus(value, ChronoUnit.MILLIS);
    }
    if (type instanceof LogicalTypes.TimeMicros) {
      return LocalTime.MIDNIGHT.plus(value, ChronoUnit.MICROS);
    }
    if (type instanceof LogicalTypes.TimestampMillis) {
      return Instant.EPOCH.plus(value, ChronoUnit.MILLIS);
    }
    if (type instanceof LogicalTypes.TimestampMicros) {
      return Instant.EPOCH.plus(value, ChronoUnit.MICROS);
    }
    if (type instanceof LogicalTypes.LocalTimestampMillis) {
      return Instant.EPOCH
          .plus(value, ChronoUnit.MILLIS)
          .atOffset(ZoneOffset.UTC)
          .toLocalDateTime();
    }
    if (type instanceof LogicalTypes.LocalTimestampMicros) {
      return Instant.EPOCH
          .plus(value, ChronoUnit.MICROS)
          .atOffset(ZoneOffset.UTC)
          .toLocalDateTime();
    }
    return value;
  }

  private static String ofBytes(@Nullable LogicalType type, byte[] bytes) {
    return type instanceof LogicalTypes.Decimal decimal
        ? new BigDecimal(new BigInteger(bytes), decimal.getScale()).toPlainString()
        : Base64.getEncoder().encodeToString(bytes);
  }
}
