package dev.bertserve.server.http;

import java.util.concurrent.atomic.AtomicLong;

/** The bound on memory for bodies that are still arriving, over all connections. Any thread. */
final class ArrivingBytes {

  private final long most;
  private final AtomicLong taken = new AtomicLong();

  ArrivingBytes(long most) {
    this.most = most;
  }

  /** Takes {@code bytes}, to be given back; false, and nothing is taken, if that is too much. */
  boolean take(int bytes) {
    long before = taken.get();
    while (bytes <= most - before) {
      if (taken.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = taken.get();
    }
    return false;
  }

  void giveBack(int bytes) {
    taken.addAndGet(-bytes);
  }

  long taken() {
    return taken.get();
  }
}
