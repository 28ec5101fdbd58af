package dev.bertserve.benchmarks.latency;

/** Something that answers POST /predict on a port of this machine. */
interface SmallServer {

  int port();

  /** Ends it, and its threads. */
  void stop() throws InterruptedException;
}
