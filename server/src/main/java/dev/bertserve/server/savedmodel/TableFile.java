package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The sorted table, in LevelDB's format, in which a checkpoint keeps its index. Source:
 * tensorflow/core/lib/io/table.cc and format.h.
 */
final class TableFile {

  private static final int FOOTER_SIZE = 48;
  private static final long MAGIC = 0xdb4775248b80fb57L;

  /** A block is followed by its compression and a checksum. */
  private static final int BLOCK_TRAILER_SIZE = 5;

  /** Source: tensorflow/core/lib/hash/crc32c.h, Mask. */
  private static final int SUM_MASK = 0xa282ead8;

  private final Path file;
  private final byte[] bytes;

  private TableFile(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  /** Keys and values in the file's order. */
  static Map<String, ByteString> read(Path file) throws IOException {
    return new TableFile(file, Files.readAllBytes(file)).entries();
  }

  private Map<String, ByteString> entries() throws IOException {
    if (bytes.length < FOOTER_SIZE || littleEndian().getLong(bytes.length - 8) != MAGIC) {
      throw damaged("no table footer");
    }
    CodedInputStream footer =
        CodedInputStream.newInstance(bytes, bytes.length - FOOTER_SIZE, FOOTER_SIZE);
    block(footer.readUInt64(), footer.readUInt64()); // the meta index, which is empty
    Map<String, ByteString> index = block(footer.readUInt64(), footer.readUInt64());
    Map<String, ByteString> entries = new LinkedHashMap<>();
    for (ByteString handle : index.values()) {
      CodedInputStream place = handle.newCodedInput();
      entries.putAll(block(place.readUInt64(), place.readUInt64()));
    }
    return entries;
  }

  private Map<String, ByteString> block(long offset, long size) throws IOException {
    if (offset < 0 || size < 4 || offset > bytes.length - size - BLOCK_TRAILER_SIZE) {
      throw damaged("a block of " + size + " bytes at " + offset);
    }
    if (bytes[(int) (offset + size)] != 0) {
      throw damaged("a compressed block at " + offset);
    }
    checkSum((int) offset, (int) size);
    int restarts = littleEndian().getInt((int) (offset + size - 4));
    CodedInputStream in =
        CodedInputStream.newInstance(bytes, (int) offset, (int) size - 4 * (restarts + 1));
    Map<String, ByteString> entries = new LinkedHashMap<>();
    byte[] key = new byte[0];
    while (!in.isAtEnd()) {
      int shared = in.readUInt32();
      int fresh = in.readUInt32();
      int valueSize = in.readUInt32();
      byte[] suffix = in.readRawBytes(fresh);
      if (shared < 0 || shared > key.length) {
        throw damaged("a key that shares " + shared + " bytes with one of " + key.length);
      }
      byte[] next = Arrays.copyOf(key, shared + fresh);
      System.arraycopy(suffix, 0, next, shared, fresh);
      key = next;
      entries.put(
          new String(key, StandardCharsets.UTF_8), ByteString.copyFrom(in.readRawBytes(valueSize)));
    }
    return entries;
  }

  /** The sum covers the block and the byte that tells its compression. */
  private void checkSum(int offset, int size) {
    CRC32C sum = new CRC32C();
    sum.update(bytes, offset, size + 1);
    int value = (int) sum.getValue();
    int masked = Integer.rotateRight(value, 15) + SUM_MASK;
    if (littleEndian().getInt(offset + size + 1) != masked) {
      throw damaged("a wrong checksum of the block at " + offset);
    }
  }

  private ByteBuffer littleEndian() {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private UnsupportedModelException damaged(String what) {
    return new UnsupportedModelException(
        file + ": " + what + " (expected: a checkpoint index as TensorFlow writes it)");
  }
}
