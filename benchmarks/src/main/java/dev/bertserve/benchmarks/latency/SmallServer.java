package dev.bertserve.benchmarks.latency;

/** A server for POST /predict on a local port. */
interface SmallServer {

  int port();

  /** Stops the server and its threads. */
  void stop() throws InterruptedException;
}
