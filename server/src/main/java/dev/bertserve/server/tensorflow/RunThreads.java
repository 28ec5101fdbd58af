package dev.bertserve.server.tensorflow;

import java.util.concurrent.atomic.AtomicInteger;
import org.tensorflow.proto.RunOptions;

/**
 * Whose threads compute the ops of a run: two of the session's while there are processors to spare,
 * else its caller's alone, so that runs do not disturb each other.
 */
final class RunThreads {

  /** Of a run that is computed in its caller's thread. */
  static final RunOptions IN_CALLER = RunOptions.newBuilder().setInterOpThreadPool(-1).build();

  private static final int OF_A_SHARED_RUN = 2;

  private final int mostShared;
  private final AtomicInteger running = new AtomicInteger();

  /** Runs are shared as long as each can have two of {@code processors}; 0 for none ever. */
  RunThreads(int processors) {
    mostShared = processors / OF_A_SHARED_RUN;
  }

  /** A run begins; answers whether it is shared. */
  boolean enter() {
    return running.incrementAndGet() <= mostShared;
  }

  /** A run has ended. */
  void leave() {
    running.decrementAndGet();
  }
}
