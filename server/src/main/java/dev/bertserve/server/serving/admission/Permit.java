package dev.bertserve.server.serving.admission;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What an admitted request holds of the {@link AdmissionGate}. The first {@link #close} leaves the
 * gate; further ones do nothing. Any thread.
 */
public final class Permit implements AutoCloseable {

  private final Runnable leave;
  private final AtomicBoolean left = new AtomicBoolean();

  /** {@code leave} runs at the first close. */
  public Permit(Runnable leave) {
    this.leave = leave;
  }

  /** Holds nothing. */
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
