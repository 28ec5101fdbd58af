package dev.bertserve.server.http;

import io.netty.buffer.ByteBuf;

/** Header and trailer of a gzip member, as RFC 1952 defines them. */
final class GzipFrame {

  private static final int MAGIC = 0x1F8B;
  private static final int DEFLATE = 8;
  private static final int FLAG_HEADER_CRC = 0x02;
  private static final int FLAG_EXTRA = 0x04;
  private static final int FLAG_NAME = 0x08;
  private static final int FLAG_COMMENT = 0x10;
  private static final int FLAGS_RESERVED = 0xE0;

  /** Time, extra flags and operating system. */
  private static final int IGNORED_BYTES = 6;

  private static final long UNSIGNED_INT = 0xFFFF_FFFFL;

  private GzipFrame() {}

  /** Reads up to the deflated data. The header's own checksum, which is rare, is skipped. */
  static void skipHeader(ByteBuf in) {
    try {
      if (in.readUnsignedShort() != MAGIC || in.readUnsignedByte() != DEFLATE) {
        throw BodyDecoder.corrupt();
      }
      int flags = in.readUnsignedByte();
      if ((flags & FLAGS_RESERVED) != 0) {
        throw BodyDecoder.corrupt();
      }
      in.skipBytes(IGNORED_BYTES);
      if ((flags & FLAG_EXTRA) != 0) {
        in.skipBytes(in.readUnsignedShortLE());
      }
      if ((flags & FLAG_NAME) != 0) {
        skipText(in);
      }
      if ((flags & FLAG_COMMENT) != 0) {
        skipText(in);
      }
      if ((flags & FLAG_HEADER_CRC) != 0) {
        in.skipBytes(Short.BYTES);
      }
    } catch (IndexOutOfBoundsException e) {
      throw BodyDecoder.cutOff();
    }
  }

  /** Reads the trailer and compares it with what was decoded. */
  static void checkTrailer(ByteBuf in, long checksum, long length) {
    if (in.readableBytes() < 2 * Integer.BYTES) {
      throw BodyDecoder.cutOff();
    }
    if (in.readUnsignedIntLE() != checksum || in.readUnsignedIntLE() != (length & UNSIGNED_INT)) {
      throw BodyDecoder.corrupt();
    }
  }

  private static void skipText(ByteBuf in) {
    int length = in.bytesBefore((byte) 0);
    if (length < 0) {
      throw BodyDecoder.cutOff();
    }
    in.skipBytes(length + 1);
  }
}
