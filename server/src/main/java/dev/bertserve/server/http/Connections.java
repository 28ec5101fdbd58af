package dev.bertserve.server.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The connections of a server, from accept to close, and whether it is draining. Above the limit, a
 * new connection replaces those that have been quiet for longest; if all are busy, a limited number
 * of spare connections is accepted. Any thread; the set and the count are guarded by this.
 */
final class Connections {

  /** How a new connection is treated. */
  enum Admission {
    WHOLE,
    /** Above the limit: only GET is served. */
    SPARE,
    /** Closed at once. */
    REFUSED
  }

  private static final int LEAST_SPARE = 256;

  /** Divisors of the limit: for spare connections, and for those closed at a time. */
  private static final int SPARE_PART = 8;

  private static final int ROOM_PART = 64;

  private final int most;
  private final int spare;
  private final Set<HttpConnection> started = new HashSet<>();
  private int accepted;
  private volatile boolean draining;

  /** {@code most} is the limit on connections that are not spare. */
  Connections(int most) {
    this.most = most;
    this.spare = Math.max(LEAST_SPARE, most / SPARE_PART);
  }

  /** Counts a new connection; {@link #closed} must follow, unless it is refused. */
  synchronized Admission accepted() {
    Admission admission = accepted < most || makeRoom() ? Admission.WHOLE : Admission.SPARE;
    if (accepted >= (long) most + spare) {
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

  /** Whether responses close their connections. */
  boolean draining() {
    return draining;
  }

  /** From now on responses close their connections, and idle connections close soon. */
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

  /** Waits until none is open; returns false if {@code limitNanos} passes first. */
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
   * Closes a part of the connections that wait for their clients, the longest quiet first, and
   * spare ones only if there are many. Returns whether a connection that is not spare is among
   * them.
   */
  private boolean makeRoom() {
    int tooManySpare = Math.max(0, accepted - most - spare / 2);
    List<Quiet> quiet = new ArrayList<>(started.size());
    for (HttpConnection connection : started) {
      PhaseClock clock = connection.phase();
      if (clock.awaitsClient() && (tooManySpare > 0 || connection.admission() == Admission.WHOLE)) {
        quiet.add(new Quiet(connection, clock.phase(), clock.sinceNanos()));
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

  /** A connection that waits for its client, ordered by phase, then by time. */
  private record Quiet(HttpConnection connection, Phase phase, long sinceNanos)
      implements Comparable<Quiet> {
    @Override
    public int compareTo(Quiet other) {
      int byPhase = phase.compareTo(other.phase);
      return byPhase != 0 ? byPhase : Long.signum(sinceNanos - other.sinceNanos);
    }
  }
}
