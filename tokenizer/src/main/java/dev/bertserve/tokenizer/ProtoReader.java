package dev.bertserve.tokenizer;

/** Walks the fields of one protocol buffer message in place. One thread. */
final class ProtoReader {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final byte[] bytes;
  private final int end;
  private int at;
  private int field;
  private long number;
  private int start;
  private int length;

  /** Of the message in {@code bytes} from {@code start} to {@code end}. */
  ProtoReader(byte[] bytes, int start, int end) {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /** Moves to the next field, if there is one. */
  boolean next() {
    if (at == end) {
      return false;
    }
    int tag = (int) varint();
    field = tag >>> 3;
    start = at;
    switch (tag & 7) {
      case VARINT -> number = varint();
      case FIXED64 -> skip(Long.BYTES);
      case BYTES -> {
        long size = varint();
        start = at;
        skip(size);
      }
      case FIXED32 -> skip(Integer.BYTES);
      default ->
          throw new IllegalArgumentException(
              "wire type: " + (tag & 7) + " (expected: a SentencePiece model)");
    }
    length = at - start;
    return true;
  }

  /** Number of the field. */
  int field() {
    return field;
  }

  long number() {
    return number;
  }

  /** Where the field's content starts. */
  int start() {
    return start;
  }

  /** Where the field's content ends. */
  int end() {
    return start + length;
  }

  float asFloat() {
    if (length != Integer.BYTES) {
      throw new IllegalArgumentException(
          "field " + field + ": " + length + " bytes (expected: a float)");
    }
    return Float.intBitsToFloat(
        (bytes[start] & 0xFF)
            | (bytes[start + 1] & 0xFF) << 8
            | (bytes[start + 2] & 0xFF) << 16
            | (bytes[start + 3] & 0xFF) << 24);
  }

  ProtoReader message() {
    return new ProtoReader(bytes, start, start + length);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      skip(1);
      value |= (long) (bytes[at - 1] & 0x7F) << shift;
      if (bytes[at - 1] >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("varint: too long (expected: a SentencePiece model)");
  }

  private void skip(long count) {
    if (count < 0 || count > end - at) {
      throw new IllegalArgumentException(
          "model: ends early (expected: " + count + " more bytes at " + at + ")");
    }
    at += (int) count;
  }
}
