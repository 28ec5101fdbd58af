package dev.bertserve.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The root table of a FlatBuffers message, read in place; fields by their number in the schema.
 *
 * <p>A field that is left out is 0, false, or empty. One that points out of the message is an
 * {@link IllegalArgumentException}.
 */
final class FlatTable {

  private static final int FIELDS_START = 4;

  private final ByteBuffer message;
  private final int table;
  private final int fields;
  private final int fieldsEnd;

  /** Of the message that {@code bytes} are, which must not change; refuses more fields. */
  FlatTable(byte[] bytes, int knownFields) {
    this.message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    this.table =
        require(Integer.toUnsignedLong(message.getInt(require(0, Integer.BYTES))), Integer.BYTES);
    this.fields = require((long) table - message.getInt(table), FIELDS_START);
    this.fieldsEnd = fields + Short.toUnsignedInt(message.getShort(fields));
    require(fields, fieldsEnd - fields);
    int most = FIELDS_START + Short.BYTES * knownFields;
    if (fieldsEnd - fields > most) {
      throw new IllegalArgumentException(
          "model: " + (fieldsEnd - fields) + " bytes of fields (expected: at most " + most + ")");
    }
  }

  int number(int field) {
    int at = position(field, Integer.BYTES);
    return at == 0 ? 0 : message.getInt(at);
  }

  boolean flag(int field) {
    int at = position(field, 1);
    return at != 0 && message.get(at) != 0;
  }

  /** A string, or a vector of bytes. */
  byte[] bytes(int field) {
    int at = vector(field, 1);
    return at == 0 ? new byte[0] : bytesAt(at);
  }

  int[] numbers(int field) {
    return numbers(field, 1);
  }

  /** A vector of structs of two numbers. */
  int[] pairs(int field) {
    return numbers(field, 2);
  }

  private int[] numbers(int field, int perElement) {
    int at = vector(field, perElement * Integer.BYTES);
    int[] numbers = new int[at == 0 ? 0 : perElement * message.getInt(at)];
    if (at != 0) {
      message
          .slice(at + Integer.BYTES, Integer.BYTES * numbers.length)
          .order(ByteOrder.LITTLE_ENDIAN)
          .asIntBuffer()
          .get(numbers);
    }
    return numbers;
  }

  /** A vector of strings. */
  byte[][] texts(int field) {
    int at = vector(field, Integer.BYTES);
    byte[][] texts = new byte[at == 0 ? 0 : message.getInt(at)][];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = bytesAt(counted(target(at + Integer.BYTES * (i + 1)), 1));
    }
    return texts;
  }

  private byte[] bytesAt(int vector) {
    byte[] bytes = new byte[message.getInt(vector)];
    message.get(vector + Integer.BYTES, bytes);
    return bytes;
  }

  /** Where a vector's count stands, its elements right behind; 0 for a field left out. */
  private int vector(int field, int elementBytes) {
    int at = position(field, Integer.BYTES);
    return at == 0 ? 0 : counted(target(at), elementBytes);
  }

  private int counted(int vector, int elementBytes) {
    long count = Integer.toUnsignedLong(message.getInt(vector));
    require(vector + Integer.BYTES, count * elementBytes);
    return vector;
  }

  private int target(int at) {
    return require(at + Integer.toUnsignedLong(message.getInt(at)), Integer.BYTES);
  }

  /** Where a field's value stands, or 0. */
  private int position(int field, int bytes) {
    int entry = fields + FIELDS_START + Short.BYTES * field;
    int offset = entry >= fieldsEnd ? 0 : Short.toUnsignedInt(message.getShort(entry));
    return offset == 0 ? 0 : require(table + offset, bytes);
  }

  private int require(long position, long bytes) {
    if (position < 0 || position + bytes > message.capacity()) {
      throw new IllegalArgumentException(
          "model: "
              + bytes
              + " bytes at "
              + position
              + " (expected: within its "
              + message.capacity()
              + " bytes)");
    }
    return (int) position;
  }
}
