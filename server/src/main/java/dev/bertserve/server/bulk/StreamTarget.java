package dev.bertserve.server.bulk;

import java.io.IOException;
import java.io.PrintStream;

/** Streams, which stay open. */
record StreamTarget(PrintStream scored, PrintStream faults) implements OutputTarget {

  @Override
  public RunState resume(byte[] header) throws IOException {
    append(header);
    return RunState.start("");
  }

  @Override
  public void write(byte[] rows, byte[] errors, int count, int failed, int checksum)
      throws IOException {
    faults.write(errors);
    faults.flush();
    append(rows);
  }

  /** A PrintStream does not throw, so rows would be lost unseen. */
  private void append(byte[] bytes) throws IOException {
    scored.write(bytes);
    if (scored.checkError()) {
      throw new IOException(OutputChoice.LOST);
    }
  }

  @Override
  public void finish() {}

  @Override
  public void close() {}
}
