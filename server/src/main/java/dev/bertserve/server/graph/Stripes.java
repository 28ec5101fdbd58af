package dev.bertserve.server.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Joins tensors along their last dimension, and cuts them into parts, byte by byte. */
final class Stripes {

  private Stripes() {}

  /** Rows of {@code rowBytes} bytes, each of which has the same row of every part. */
  static byte[] joined(List<Weight> parts, int rowBytes) throws IOException {
    int rows = Math.toIntExact(parts.get(0).count() / parts.get(0).lastDimension());
    byte[] joined = new byte[rows * rowBytes];
    int start = 0;
    for (Weight part : parts) {
      byte[] bytes = bytes(part);
      int length = bytes.length / rows;
      for (int row = 0; row < rows; row++) {
        System.arraycopy(bytes, row * length, joined, row * rowBytes + start, length);
      }
      start += length;
    }
    return joined;
  }

  private static byte[] bytes(Weight weight) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(weight.count() * weight.valueBytes()));
    weight.read((chunk, length) -> bytes.put(chunk, 0, length));
    return bytes.array();
  }

  /** Writes {@code length} bytes from offset {@code start} of every {@code period} bytes. */
  static void read(Weight weight, Weight.Sink sink, long start, long length, long period)
      throws IOException {
    byte[] kept = new byte[Weight.CHUNK_BYTES];
    long[] read = {0};
    weight.read(
        (chunk, chunkLength) -> {
          int keptLength = 0;
          for (int i = 0; i < chunkLength; ) {
            long inPeriod = (read[0] + i) % period;
            boolean inside = inPeriod >= start && inPeriod < start + length;
            long end = inside ? start + length : inPeriod < start ? start : period;
            int run = (int) Math.min(end - inPeriod, chunkLength - i);
            if (inside) {
              System.arraycopy(chunk, i, kept, keptLength, run);
              keptLength += run;
            }
            i += run;
          }
          read[0] += chunkLength;
          sink.write(kept, keptLength);
        });
  }
}
