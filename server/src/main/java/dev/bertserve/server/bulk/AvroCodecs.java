package dev.bertserve.server.bulk;

import io.airlift.compress.snappy.SnappyCompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.apache.avro.file.Codec;
import org.apache.avro.file.CodecFactory;

/** Compression of Avro's blocks in Java alone. Deflate is Avro's own. */
final class AvroCodecs {

  private AvroCodecs() {}

  /** For all files of this process. */
  static void register() {
    register(new Snappy());
    register(new Zstandard());
  }

  private static void register(Codec codec) {
    CodecFactory.addCodec(
        codec.getName(),
        new CodecFactory() {
          @Override
          protected Codec createInstance() {
            return codec;
          }
        });
  }

  /** The bytes that {@code data} has left. */
  static byte[] bytes(ByteBuffer data) {
    byte[] bytes = new byte[data.remaining()];
    data.duplicate().get(bytes);
    return bytes;
  }

  private abstract static class Stateless extends Codec {

    @Override
    public boolean equals(Object other) {
      return other instanceof Stateless codec && codec.getName().equals(getName());
    }

    @Override
    public int hashCode() {
      return getName().hashCode();
    }
  }

  /** Snappy, with the CRC-32 of the block after it. Source: Avro's specification, "Codecs". */
  private static final class Snappy extends Stateless {

    @Override
    public String getName() {
      return "snappy";
    }

    @Override
    public ByteBuffer compress(ByteBuffer data) {
      byte[] block = bytes(data);
      byte[] packed = Packing.block(new SnappyCompressor(), block);
      return ByteBuffer.allocate(packed.length + Integer.BYTES)
          .put(packed)
          .putInt(checksum(block))
          .flip();
    }

    @Override
    public ByteBuffer decompress(ByteBuffer data) throws IOException {
      byte[] packed = bytes(data);
      int length = packed.length - Integer.BYTES;
      byte[] block = new byte[SnappyDecompressor.getUncompressedLength(packed, 0)];
      new SnappyDecompressor().decompress(packed, 0, length, block, 0, block.length);
      if (ByteBuffer.wrap(packed).getInt(length) != checksum(block)) {
        throw new IOException("avro: a block of another CRC-32 (expected: a whole file)");
      }
      return ByteBuffer.wrap(block);
    }

    private static int checksum(byte[] block) {
      CRC32 checksum = new CRC32();
      checksum.update(block);
      return (int) checksum.getValue();
    }
  }

  private static final class Zstandard extends Stateless {

    @Override
    public String getName() {
      return "zstandard";
    }

    @Override
    public ByteBuffer compress(ByteBuffer data) {
      return ByteBuffer.wrap(Packing.block(new ZstdCompressor(), bytes(data)));
    }

    @Override
    public ByteBuffer decompress(ByteBuffer data) throws IOException {
      try (InputStream block = new ZstdInputStream(new ByteArrayInputStream(bytes(data)))) {
        return ByteBuffer.wrap(block.readAllBytes());
      }
    }
  }
}
