package dev.bertserve.server.lifecycle;

/** Where the server is between starting and stopped; moves forward only. Any thread. */
public final class Lifecycle {

  private record Status(State state, String reason) {}

  /** Written under the lock of this. */
  private volatile Status status = new Status(State.STARTING, "");

  public State state() {
    return status.state();
  }

  /** Why the server failed, in one line; empty if it did not. */
  public String reason() {
    return status.reason();
  }

  /**
   * Moves on to {@code next}; answers whether it did. A state that is already reached or passed is
   * kept.
   */
  public boolean moveTo(State next) {
    return move(next, status.reason());
  }

  /** Moves on to {@link State#FAILED} for {@code reason}, one line; answers whether it did. */
  public boolean fail(String reason) {
    return move(State.FAILED, reason);
  }

  private synchronized boolean move(State next, String reason) {
    if (next.compareTo(status.state()) <= 0) {
      return false;
    }
    status = new Status(next, reason);
    return true;
  }
}
