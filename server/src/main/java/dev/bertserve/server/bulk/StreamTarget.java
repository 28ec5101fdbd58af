package dev.bertserve.server.bulk;

import java.io.IOException;
import java.io.OutputStream;

/** Streams, which stay open. */
record StreamTarget(OutputStream scored, OutputStream faults) implements OutputTarget {

  @Override
  public RunState resume(byte[] header) throws IOException {
    scored.write(header);
    return RunState.start("");
  }

  @Override
  public void write(byte[] rows, byte[] errors, int count, int failed, int checksum)
      throws IOException {
    faults.write(errors);
    faults.flush();
    scored.write(rows);
    scored.flush();
  }

  @Override
  public void finish() throws IOException {
    scored.flush();
  }

  @Override
  public void close() throws IOException {
    scored.flush();
  }
}
