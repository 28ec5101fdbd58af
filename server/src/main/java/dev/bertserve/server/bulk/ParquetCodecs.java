package dev.bertserve.server.bulk;

import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdCompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Compression of Parquet's pages in Java alone: reads Snappy, gzip and zstd, writes zstd. */
final class ParquetCodecs implements CompressionCodecFactory {

  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    requireKnown(codec, codec == CompressionCodecName.ZSTD);
    return new Zstd();
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    requireKnown(
        codec,
        switch (codec) {
          case UNCOMPRESSED, SNAPPY, GZIP, ZSTD -> true;
          case LZO, BROTLI, LZ4, LZ4_RAW -> false;
        });
    return new Unpacking(codec);
  }

  private static void requireKnown(CompressionCodecName codec, boolean known) {
    if (!known) {
      throw new IllegalArgumentException(
          "parquet: compressed by " + codec + " (expected: Snappy, gzip, zstd or none)");
    }
  }

  @Override
  public void release() {}

  private static final class Zstd implements BytesInputCompressor {

    private final ZstdCompressor compressor = new ZstdCompressor();

    @Override
    public BytesInput compress(BytesInput page) throws IOException {
      return BytesInput.from(Packing.block(compressor, page.toInputStream().readAllBytes()));
    }

    @Override
    public CompressionCodecName getCodecName() {
      return CompressionCodecName.ZSTD;
    }

    @Override
    public void release() {}
  }

  private record Unpacking(CompressionCodecName codec) implements BytesInputDecompressor {

    @Override
    public BytesInput decompress(BytesInput page, int size) throws IOException {
      byte[] packed = page.toInputStream().readAllBytes();
      byte[] bytes = new byte[size];
      switch (codec) {
        case SNAPPY ->
            new SnappyDecompressor().decompress(packed, 0, packed.length, bytes, 0, size);
        case ZSTD -> new ZstdDecompressor().decompress(packed, 0, packed.length, bytes, 0, size);
        case GZIP -> {
          try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            bytes = in.readNBytes(size);
          }
        }
        case UNCOMPRESSED, LZO, BROTLI, LZ4, LZ4_RAW -> bytes = packed;
      }
      return BytesInput.from(bytes);
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer page, int size)
        throws IOException {
      page.put(decompress(BytesInput.from(packed), size).toInputStream().readAllBytes());
    }

    @Override
    public void release() {}
  }
}
