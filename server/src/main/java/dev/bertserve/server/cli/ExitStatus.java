package dev.bertserve.server.cli;

/** How the process ends. 3 is the JVM's own, for a heap that is full. */
final class ExitStatus {

  /** All that was asked for, and all that was accepted, is done. */
  static final int DONE = 0;

  /** The command's work failed. */
  static final int FAILED = 1;

  /** The command line was not understood. */
  static final int USAGE = 2;

  /** The server stopped with accepted work undone. */
  static final int UNDONE = 4;

  private static final int SIGNALS = 128;

  private ExitStatus() {}

  /** As shells have it: 130 for SIGINT, 143 for SIGTERM. */
  static int ofSignal(int number) {
    return SIGNALS + number;
  }
}
