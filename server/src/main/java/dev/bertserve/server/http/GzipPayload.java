package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.Payload;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Another payload compressed with gzip, piece by piece. Owns that payload, its first piece, and
 * memory outside the heap that it returns to a bound. One thread.
 */
final class GzipPayload implements Payload {

  /** What zlib allocates for one stream, in round figures. */
  private static final int STREAM_BYTES = 256 * 1024;

  private final ByteBuf firstPiece;
  private final boolean more;
  private final Payload rest;
  private final ByteBound memory;
  private final PieceStream piece = new PieceStream();
  private @Nullable GzipStream gzip;
  private boolean ended;

  private GzipPayload(ByteBuf firstPiece, boolean more, Payload rest, ByteBound memory) {
    this.firstPiece = firstPiece;
    this.more = more;
    this.rest = rest;
    this.memory = memory;
  }

  /**
   * Takes ownership of {@code firstPiece}, uncompressed, and of the {@code rest}, unless it returns
   * null because {@code memory} is exhausted.
   *
   * @param more whether pieces follow the first
   */
  static @Nullable GzipPayload open(
      ByteBuf firstPiece, boolean more, Payload rest, ByteBound memory) {
    return memory.take(STREAM_BYTES) ? new GzipPayload(firstPiece, more, rest, memory) : null;
  }

  @Override
  public boolean writeTo(OutputStream sink) throws IOException {
    piece.target = sink;
    GzipStream stream = gzip;
    boolean follows;
    if (stream == null) {
      stream = new GzipStream(piece);
      gzip = stream;
      firstPiece.readBytes(stream, firstPiece.readableBytes());
      follows = more;
    } else {
      follows = rest.writeTo(stream);
    }
    if (!follows) {
      stream.finish();
    }
    return follows;
  }

  @Override
  public void close() {
    end();
    rest.close();
  }

  /** Frees what this holds itself, and leaves the rest open. */
  void end() {
    if (ended) {
      return;
    }
    ended = true;
    firstPiece.release();
    memory.giveBack(STREAM_BYTES);
    if (gzip != null) {
      gzip.end();
    }
  }

  /** Passes compressed bytes on to the current piece. */
  private static final class PieceStream extends OutputStream {
    OutputStream target = OutputStream.nullOutputStream();

    @Override
    public void write(int b) throws IOException {
      target.write(b);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      target.write(bytes, from, count);
    }
  }

  /** Compresses at the fastest level: an event loop does the work. */
  private static final class GzipStream extends GZIPOutputStream {
    private static final int BUFFER_BYTES = 8 * 1024;

    GzipStream(OutputStream sink) throws IOException {
      super(sink, BUFFER_BYTES);
      def.setLevel(Deflater.BEST_SPEED);
    }

    /** Frees the compressor without a write to the sink. */
    void end() {
      def.end();
    }
  }
}
