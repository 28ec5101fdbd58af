package dev.bertserve.server.prepared;

import dev.bertserve.server.graph.Weight;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Writes weights one after the other; those that several graphs share are written once. */
final class WeightFile implements AutoCloseable {

  private final OutputStream out;
  private final Pace pace;
  private final Map<Object, Extent> written = new HashMap<>();
  private long end;

  /** Where the bytes of a weight lie. */
  record Extent(long offset, long size) {}

  WeightFile(Path file, Pace pace) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file));
    this.pace = pace;
  }

  Extent add(Weight weight) throws IOException {
    Extent known = written.get(weight.source());
    if (known != null) {
      return known;
    }
    long start = end;
    weight.read(
        (piece, length) -> {
          out.write(piece, 0, length);
          end += length;
          pace.endPiece();
        });
    Extent extent = new Extent(start, end - start);
    written.put(weight.source(), extent);
    return extent;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
