package dev.bertserve.server.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections of a server, from accept to close, and whether it is draining. When there are
 * more than the bound, those that have been quiet for longest make room; where all are at work, a
 * few more are let in as spare ones. Any thread; the set and the count are under the lock of this.
 */
final class Connections {

  /** What becomes of a connection as it is accepted. */
  enum Admission {
    WHOLE,
    /** Above the bound: only what costs next to nothing is answered. */
    SPARE,
    /** To be closed at once. */
    REFUSED
  }

  private static final int LEAST_SPARE = 256;

  /** As shares of the bound: spare connections, and those that make room at a time. */
  private static final int SPARE_PART = 8;

  private static final int ROOM_PART = 64;

  private final int most;
  private final int spare;
  private final Set<HttpConnection> started = new HashSet<>();
  private int accepted;
  private volatile boolean draining;

  /** More than {@code most} are open only while room is being made, and as spare ones. */
  Connections(int most) {
    this.most = most;
    this.spare = Math.max(LEAST_SPARE, most / SPARE_PART);
  }

  /** A connection was accepted; {@link #closed} must follow, unless it is refused. */
  synchronized Admission accepted() {
    Admission admission = accepted < most || makeRoom() ? Admission.WHOLE : Admission.SPARE;
    if (accepted >= most + spare) {
      return Admission.REFUSED;
    }
    accepted++;
    return admission;
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

  /**
   * Closes a part of those that wait for their client, the longest first, and spare ones only when
   * these are many; answers whether one that was not spare is among them.
   */
  private boolean makeRoom() {
    int tooManySpare = Math.max(0, accepted - most - spare / 2);
    List<Quiet> quiet = new ArrayList<>(started.size());
    for (HttpConnection connection : started) {
      Phase phase = connection.phase();
      boolean waits = phase == Phase.IDLE || phase == Phase.RECEIVING;
      if (waits && (tooManySpare > 0 || connection.admission() == Admission.WHOLE)) {
        quiet.add(new Quiet(connection, phase, connection.phaseSinceNanos()));
      }
    }
    Collections.sort(quiet);
    boolean room = false;
    int closing = Math.min(quiet.size(), 1 + most / ROOM_PART + tooManySpare);
    for (Quiet one : quiet.subList(0, closing)) {
      one.connection.closeIfQuiet();
      room |= one.connection.admission() == Admission.WHOLE;
    }
    return room;
  }

  private synchronized Set<HttpConnection> snapshot() {
    return Set.copyOf(started);
  }

  /** A connection that waits for its client; those between requests go first, then by time. */
  private record Quiet(HttpConnection connection, Phase phase, long sinceNanos)
      implements Comparable<Quiet> {
    @Override
    public int compareTo(Quiet other) {
      int byPhase = phase.compareTo(other.phase);
      return byPhase != 0 ? byPhase : Long.signum(sinceNanos - other.sinceNanos);
    }
  }
}
