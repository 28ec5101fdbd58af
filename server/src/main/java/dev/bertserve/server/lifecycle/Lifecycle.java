package dev.bertserve.server.lifecycle;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** State of the server; moves forward only. Any thread. */
public final class Lifecycle {

  private record Status(State state, String reason) {}

  @GuardedBy("this")
  private final List<Consumer<State>> watchers = new ArrayList<>();

  /** Written under the monitor of this object. */
  private volatile Status status = new Status(State.STARTING, "");

  public State state() {
    return status.state();
  }

  /** Why the server failed, in one line; empty if it has not failed. */
  public String reason() {
    return status.reason();
  }

  /** Calls {@code watcher} with the present state, and with each later one; it must not block. */
  public synchronized void watch(Consumer<State> watcher) {
    watchers.add(watcher);
    watcher.accept(state());
  }

  /** Moves to {@code next}; returns whether the state changed. A later or equal state is kept. */
  public boolean moveTo(State next) {
    return move(next, status.reason());
  }

  /**
   * Moves to {@link State#FAILED} with {@code reason}, one line; returns whether the state changed.
   */
  public boolean fail(String reason) {
    return move(State.FAILED, reason);
  }

  private synchronized boolean move(State next, String reason) {
    if (next.compareTo(status.state()) <= 0) {
      return false;
    }
    status = new Status(next, reason);
    watchers.forEach(watcher -> watcher.accept(next));
    return true;
  }
}
