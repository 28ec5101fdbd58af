package dev.bertserve.server.cli;

/** Exit statuses. The JVM itself exits with 3 if the heap is full. */
final class ExitStatus {

  /** The command, or all accepted work of the server, is finished. */
  static final int DONE = 0;

  /** The command failed. */
  static final int FAILED = 1;

  /** The command line is invalid. */
  static final int USAGE = 2;

  /** The server stopped before it had finished its accepted work. */
  static final int UNFINISHED = 4;

  private static final int SIGNALS = 128;

  private ExitStatus() {}

  /** As in shells: 130 for SIGINT, 143 for SIGTERM. */
  static int ofSignal(int number) {
    return SIGNALS + number;
  }
}
