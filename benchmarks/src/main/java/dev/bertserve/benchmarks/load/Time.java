package dev.bertserve.benchmarks.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** The time that a run goes by. */
interface Time {

  /** The machine's. */
  Time SYSTEM =
      new Time() {
        @Override
        public long nanos() {
          return System.nanoTime();
        }

        @Override
        public void await(CompletableFuture<?> answers) {
          answers.join();
        }

        @Override
        public void waitUntil(long nanos) {
          for (long left = nanos - nanos(); left > 0; left = nanos - nanos()) {
            LockSupport.parkNanos(left);
          }
        }
      };

  long nanos();

  /** Returns when {@code answers} is complete. */
  void await(CompletableFuture<?> answers);

  void waitUntil(long nanos);
}
