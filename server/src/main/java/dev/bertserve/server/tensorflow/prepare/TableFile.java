package dev.bertserve.server.tensorflow.prepare;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.bertserve.server.tensorflow.graph.UnsupportedModelException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sorted table, in LevelDB's format, in which a checkpoint keeps its index. Source:
 * tensorflow/core/lib/io/table.cc and format.h.
 */
final class TableFile {

  private static final int FOOTER_SIZE = 48;
  private static final long MAGIC = 0xdb4775248b80fb57L;

  /** A block is followed by its compression and a checksum. */
  private static final int BLOCK_TRAILER_SIZE = 5;

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
    if (bytes.length < FOOTER_SIZE
        || ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong(bytes.length - 8)
            != MAGIC) {
      throw damaged("no table footer");
    }
    CodedInputStream footer =
        CodedInputStream.newInstance(bytes, bytes.length - FOOTER_SIZE, FOOTER_SIZE);
    footer.readUInt64(); // meta index: offset
    footer.readUInt64(); // meta index: size
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
    int restarts =
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt((int) (offset + size - 4));
    CodedInputStream in =
        CodedInputStream.newInstance(bytes, (int) offset, (int) size - 4 * (restarts + 1));
    Map<String, ByteString> entries = new LinkedHashMap<>();
    byte[] key = new byte[0];
    while (!in.isAtEnd()) {
      int shared = in.readUInt32();
      int fresh = in.readUInt32();
      int valueSize = in.readUInt32();
      byte[] next = new byte[shared + fresh];
      System.arraycopy(key, 0, next, 0, shared);
      System.arraycopy(in.readRawBytes(fresh), 0, next, shared, fresh);
      key = next;
      entries.put(
          new String(key, StandardCharsets.UTF_8), ByteString.copyFrom(in.readRawBytes(valueSize)));
    }
    return entries;
  }

  private UnsupportedModelException damaged(String what) {
    return new UnsupportedModelException(
        file + ": " + what + " (expected: a checkpoint index as TensorFlow writes it)");
  }
}
