package dev.bertserve.server.prepared;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.function.LongSupplier;

/**
 * How fast a file is written: after each piece the writer rests for a multiple of the time that the
 * piece took, so that it takes little of the machine. One thread.
 */
public final class Pace {

  /** Waits; an interrupt ends the wait. */
  public interface Rest {
    void rest(long nanos) throws InterruptedException;
  }

  private final int restPerWork;
  private final LongSupplier nanoClock;
  private final Rest rest;
  private long pieceStartNanos;

  /** The first piece starts now; {@code restPerWork} 0 never rests. */
  public Pace(int restPerWork, LongSupplier nanoClock, Rest rest) {
    this.restPerWork = restPerWork;
    this.nanoClock = nanoClock;
    this.rest = rest;
    pieceStartNanos = nanoClock.getAsLong();
  }

  /** As fast as the machine can. */
  static Pace full() {
    return new Pace(0, () -> 0, nanos -> {});
  }

  /** Ends a piece and rests; an interrupted thread stays interrupted. */
  void endPiece() throws IOException {
    try {
      rest.rest((nanoClock.getAsLong() - pieceStartNanos) * restPerWork);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    pieceStartNanos = nanoClock.getAsLong();
  }
}
