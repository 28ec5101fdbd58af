package dev.bertserve.server.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A request to Cloud Storage that failed; its message is one line. */
final class StorageFailure extends IOException {

  private static final long serialVersionUID = 1;

  private final boolean passing;

  /**
   * @param passing whether the same request may succeed later
   */
  StorageFailure(String message, boolean passing, @Nullable Throwable cause) {
    super(message, cause);
    this.passing = passing;
  }

  boolean isPassing() {
    return passing;
  }
}
