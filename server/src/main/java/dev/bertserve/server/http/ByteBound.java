package dev.bertserve.server.http;

import java.util.concurrent.atomic.AtomicLong;

/** A limit on memory that is held for clients, over all connections. Any thread. */
public final class ByteBound {

  private final long most;

  /** Bytes that are held; tests read it. */
  final AtomicLong taken = new AtomicLong();

  public ByteBound(long most) {
    this.most = most;
  }

  /** Another one with the same limit. */
  public ByteBound sameLimit() {
    return new ByteBound(most);
  }

  /** Takes {@code bytes}, to be given back; returns false and takes nothing above the limit. */
  public boolean take(int bytes) {
    long before = taken.get();
    while (bytes <= most - before) {
      if (taken.compareAndSet(before, before + bytes)) {
        return true;
      }
      before = taken.get();
    }
    return false;
  }

  /** Gives back what {@link #take} took. */
  public void giveBack(int bytes) {
    taken.addAndGet(-bytes);
  }
}
