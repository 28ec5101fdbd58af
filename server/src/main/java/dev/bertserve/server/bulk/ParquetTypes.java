package dev.bertserve.server.bulk;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.schema.LogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.IntLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimeLogicalTypeAnnotation;
import org.apache.parquet.schema.LogicalTypeAnnotation.TimestampLogicalTypeAnnotation;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * Columns of Parquet whose types the conversion to Avro does not know, and would hand through as
 * plain numbers or bytes: unsigned numbers become longs, or strings for those of 64 bits; times in
 * nanoseconds, and timestamps of 96 bits, become microseconds. Those within lists and structs stay
 * as they are.
 */
final class ParquetTypes {

  private static final long NANOS_IN_MICRO = 1_000;
  private static final long JULIAN_DAY_OF_EPOCH = 2_440_588;

  private final Schema schema;
  private final List<@Nullable Plain> plain;

  /** A type of Avro, and its values of those that were read. */
  private record Plain(Schema type, Function<Object, Object> value) {}

  private ParquetTypes(Schema schema, List<@Nullable Plain> plain) {
    this.schema = schema;
    this.plain = plain;
  }

  /**
   * @param converted the schema of {@code columns} in Avro
   */
  static ParquetTypes of(MessageType columns, Schema converted) {
    List<@Nullable Plain> plain = new ArrayList<>();
    List<Schema.Field> fields = new ArrayList<>();
    for (Schema.Field field : converted.getFields()) {
      Plain known = plain(columns.getType(field.name()));
      plain.add(known);
      Schema type = field.schema();
      if (known != null) {
        type =
            type.isNullable()
                ? Schema.createUnion(Schema.create(Schema.Type.NULL), known.type())
                : known.type();
      }
      fields.add(new Schema.Field(field.name(), type));
    }
    Schema schema =
        Schema.createRecord(converted.getName(), null, converted.getNamespace(), false, fields);
    return new ParquetTypes(schema, plain);
  }

  Schema schema() {
    return schema;
  }

  GenericRecord of(GenericRecord read) {
    GenericRecord record = new GenericData.Record(schema);
    for (int i = 0; i < plain.size(); i++) {
      Object value = read.get(i);
      Plain known = plain.get(i);
      record.put(i, value == null || known == null ? value : known.value().apply(value));
    }
    return record;
  }

  private static @Nullable Plain plain(Type column) {
    if (!column.isPrimitive() || column.isRepetition(Type.Repetition.REPEATED)) {
      return null;
    }
    if (column.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.INT96) {
      return new Plain(
          micros(LogicalTypes.timestampMicros()), value -> micros((GenericFixed) value));
    }
    LogicalTypeAnnotation annotation = column.getLogicalTypeAnnotation();
    if (annotation instanceof IntLogicalTypeAnnotation number && !number.isSigned()) {
      return unsigned(number.getBitWidth());
    }
    if (annotation instanceof TimestampLogicalTypeAnnotation time
        && time.getUnit() == LogicalTypeAnnotation.TimeUnit.NANOS) {
      return nanos(
          time.isAdjustedToUTC()
              ? LogicalTypes.timestampMicros()
              : LogicalTypes.localTimestampMicros());
    }
    return annotation instanceof TimeLogicalTypeAnnotation time
            && time.getUnit() == LogicalTypeAnnotation.TimeUnit.NANOS
        ? nanos(LogicalTypes.timeMicros())
        : null;
  }

  private static @Nullable Plain unsigned(int bits) {
    return switch (bits) {
      case Integer.SIZE ->
          new Plain(
              Schema.create(Schema.Type.LONG), value -> Integer.toUnsignedLong((Integer) value));
      case Long.SIZE ->
          new Plain(
              Schema.create(Schema.Type.STRING), value -> Long.toUnsignedString((Long) value));
      // Smaller ones fit
      default -> null;
    };
  }

  private static Plain nanos(LogicalType type) {
    return new Plain(micros(type), value -> Math.floorDiv((Long) value, NANOS_IN_MICRO));
  }

  private static Schema micros(LogicalType type) {
    return type.addToSchema(Schema.create(Schema.Type.LONG));
  }

  /** Nanoseconds of the day, then the Julian day. */
  private static long micros(GenericFixed timestamp) {
    ByteBuffer bytes = ByteBuffer.wrap(timestamp.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    long micros = Math.floorDiv(bytes.getLong(), NANOS_IN_MICRO);
    return TimeUnit.DAYS.toMicros(bytes.getInt() - JULIAN_DAY_OF_EPOCH) + micros;
  }
}
