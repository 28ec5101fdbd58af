package dev.bertserve.server.tensorflow;

import java.util.concurrent.atomic.AtomicInteger;
import org.tensorflow.proto.RunOptions;

/**
 * Decides which threads compute a run: two threads of the session while processors are idle,
 * otherwise only its caller's thread, so that runs do not disturb each other. Any thread.
 */
final class RunThreads {

  /** Options of a run in its caller's thread. */
  static final RunOptions IN_CALLER = RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private static final int OF_A_SHARED_RUN = 2;

  private final int maxShared;
  private final AtomicInteger running;

  /**
   * Runs are shared while each can have two of {@code processors}; with 0, no run is shared.
   *
   * @param running number of runs on these processors, those of other engines included
   */
  RunThreads(int processors, AtomicInteger running) {
    maxShared = processors / OF_A_SHARED_RUN;
    this.running = running;
  }

  /** Starts a run; returns whether it is shared. */
  boolean enter() {
    return running.incrementAndGet() <= maxShared;
  }

  /** Ends a run. */
  void leave() {
    running.decrementAndGet();
  }
}
