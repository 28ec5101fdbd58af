package dev.bertserve.server.serving.admission;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The rows and bytes that an admitted request holds of the {@link AdmissionGate}. The first {@link
 * #close} releases them; further calls do nothing. Any thread.
 */
public final class Permit implements AutoCloseable {

  private final Runnable leave;
  private final AtomicBoolean left = new AtomicBoolean();

  /** {@code leave} runs on the first close. */
  public Permit(Runnable leave) {
    this.leave = leave;
  }

  /** A permit for nothing. */
  public static Permit none() {
    return new Permit(() -> {});
  }

  @Override
  public void close() {
    if (!left.getAndSet(true)) {
      leave.run();
    }
  }
}
