package dev.bertserve.server.http;

import java.util.HashSet;
import java.util.Set;

/**
 * The connections of a server, from accept to close, and whether it is draining. Any thread; the
 * set and the count are under the lock of this.
 */
final class Connections {

  private final Set<HttpConnection> started = new HashSet<>();
  private int accepted;
  private volatile boolean draining;

  /**
   * A connection was accepted; {@link #closed} must follow, unless that is more than {@code most}.
   */
  synchronized boolean accepted(int most) {
    if (accepted >= most) {
      return false;
    }
    accepted++;
    return true;
  }

  /** An accepted connection has closed. */
  synchronized void closed() {
    accepted--;
    notifyAll();
  }

  synchronized void add(HttpConnection connection) {
    started.add(connection);
  }

  synchronized void remove(HttpConnection connection) {
    started.remove(connection);
  }

  /** Whether answers close their connections. */
  boolean draining() {
    return draining;
  }

  /** From now on answers close their connections, and idle connections close soon. */
  void drain() {
    draining = true;
    for (HttpConnection connection : snapshot()) {
      connection.drain();
    }
  }

  void closeAll() {
    for (HttpConnection connection : snapshot()) {
      connection.close();
    }
  }

  /** Waits until none is open; answers false if {@code limitNanos} passes first. */
  synchronized boolean awaitNone(long limitNanos) throws InterruptedException {
    long deadline = System.nanoTime() + limitNanos;
    while (accepted > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return false;
      }
      wait(left / 1_000_000, (int) (left % 1_000_000));
    }
    return true;
  }

  private synchronized Set<HttpConnection> snapshot() {
    return Set.copyOf(started);
  }
}
