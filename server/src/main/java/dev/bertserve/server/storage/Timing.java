package dev.bertserve.server.storage;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Time and chance.
 *
 * @param nanoClock the time
 * @param pause waits
 * @param jitter numbers from 0 to 1
 */
public record Timing(LongSupplier nanoClock, Pause pause, DoubleSupplier jitter) {

  /** Waits; an interrupt ends the wait. */
  public interface Pause {
    void nanos(long nanos) throws InterruptedException;
  }

  /** Those of this machine. */
  public static Timing real() {
    return new Timing(
        System::nanoTime,
        TimeUnit.NANOSECONDS::sleep,
        () -> ThreadLocalRandom.current().nextDouble());
  }
}
