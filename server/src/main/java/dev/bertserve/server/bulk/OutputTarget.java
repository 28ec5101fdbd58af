package dev.bertserve.server.bulk;

import java.io.Closeable;
import java.io.IOException;

/** Where the bytes of an output go. One thread. */
interface OutputTarget extends Closeable {

  /**
   * How far an earlier run with the same settings has come. Of a new output, writes {@code header}.
   */
  RunState resume(byte[] header) throws IOException;

  /**
   * Appends rows and faults.
   *
   * @param checksum of all rows until then
   */
  void write(byte[] scored, byte[] faults, int rows, int failed, int checksum) throws IOException;

  /** Ends the output: there are no further rows. */
  void finish() throws IOException;
}
