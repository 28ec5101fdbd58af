package dev.bertserve.server.bulk;

import io.airlift.compress.Compressor;
import io.airlift.compress.zstd.ZstdInputStream;
import io.airlift.compress.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Compression of a whole file: one part after the other, each complete, is a file too. */
enum Packing {
  NONE,
  GZIP,
  ZSTD;

  private static final int MAGIC_BYTES = 4;
  private static final int GZIP_MAGIC = 0x1f8b;
  private static final int ZSTD_MAGIC = 0x28b52ffd;

  /** Any of sixteen, before frames that pzstd writes. */
  private static final int SKIPPABLE_MAGIC = 0x502a4d18;

  private static final int SKIPPABLE_MASK = 0xf0ffffff;
  private static final int BUFFER = 1 << 16;

  /** The compression that the name of {@code file} tells. */
  static Packing of(String file) {
    return file.endsWith(".gz") ? GZIP : file.endsWith(".zst") ? ZSTD : NONE;
  }

  /** What {@code bytes} unpack to, by their first bytes, whatever their file is called. */
  static InputStream unpacked(InputStream bytes) throws IOException {
    PushbackInputStream peeked = new PushbackInputStream(bytes, MAGIC_BYTES);
    byte[] start = peeked.readNBytes(MAGIC_BYTES);
    peeked.unread(start);
    int magic = 0;
    for (byte b : start) {
      magic = (magic << Byte.SIZE) | Byte.toUnsignedInt(b);
    }
    if (start.length < MAGIC_BYTES) {
      return peeked;
    }
    if (magic >>> Short.SIZE == GZIP_MAGIC) {
      return new GZIPInputStream(new Arriving(peeked), BUFFER);
    }
    if ((magic & SKIPPABLE_MASK) == SKIPPABLE_MAGIC) {
      throw new IOException(
          "zstd that begins with a skippable frame (expected: one that zstd writes)");
    }
    return magic == ZSTD_MAGIC ? new ZstdInputStream(peeked) : peeked;
  }

  /** {@code bytes} as one block. */
  static byte[] block(Compressor compressor, byte[] bytes) {
    byte[] packed = new byte[compressor.maxCompressedLength(bytes.length)];
    int length = compressor.compress(bytes, 0, bytes.length, packed, 0, packed.length);
    return Arrays.copyOf(packed, length);
  }

  /** A complete part with {@code bytes}; nothing for none. */
  byte[] packed(byte[] bytes) throws IOException {
    if (this == NONE || bytes.length == 0) {
      return bytes;
    }
    ByteArrayOutputStream part = new ByteArrayOutputStream();
    try (OutputStream packer =
        this == GZIP ? new GZIPOutputStream(part) : new ZstdOutputStream(part)) {
      packer.write(bytes);
    }
    return part.toByteArray();
  }

  /**
   * Waits for a byte, or for the end: a GZIPInputStream takes 0 available bytes for the end of the
   * last part.
   */
  private static final class Arriving extends PushbackInputStream {

    Arriving(InputStream bytes) {
      super(bytes);
    }

    @Override
    public int available() throws IOException {
      int available = super.available();
      if (available > 0) {
        return available;
      }
      int next = read();
      if (next < 0) {
        return 0;
      }
      unread(next);
      return 1;
    }
  }
}
