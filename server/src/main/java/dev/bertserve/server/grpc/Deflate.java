package dev.bertserve.server.grpc;

import io.grpc.Decompressor;
import java.io.InputStream;
import java.util.zip.InflaterInputStream;

/** Messages in zlib's format, which gRPC's libraries in other languages offer beside gzip. */
final class Deflate implements Decompressor {

  @Override
  public String getMessageEncoding() {
    return "deflate";
  }

  @Override
  public InputStream decompress(InputStream compressed) {
    return new InflaterInputStream(compressed);
  }
}
