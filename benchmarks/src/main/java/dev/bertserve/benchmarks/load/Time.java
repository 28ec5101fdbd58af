package dev.bertserve.benchmarks.load;

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
        public void waitUntil(long nanos) {
          for (long left = nanos - nanos(); left > 0; left = nanos - nanos()) {
            LockSupport.parkNanos(left);
          }
        }
      };

  long nanos();

  void waitUntil(long nanos);
}
