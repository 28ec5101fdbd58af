package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.endpoint.Payload;
import java.io.IOException;
import java.io.OutputStream;

/** Writes bytes to the current piece and counts them. One thread. */
public final class PieceSink extends OutputStream {

  private OutputStream piece = OutputStream.nullOutputStream();
  private int length;

  /** Starts a new piece: further bytes go to {@code piece}. */
  public void begin(OutputStream piece) {
    this.piece = piece;
    length = 0;
  }

  /** Whether the piece is large enough to be sent. */
  public boolean isFull() {
    return length >= Payload.PIECE_BYTES;
  }

  @Override
  public void write(int b) throws IOException {
    piece.write(b);
    length++;
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    piece.write(bytes, from, count);
    length += count;
  }
}
