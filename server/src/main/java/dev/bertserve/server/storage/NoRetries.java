package dev.bertserve.server.storage;

import com.google.api.gax.retrying.BasicResultRetryAlgorithm;
import com.google.api.gax.retrying.ResultRetryAlgorithm;
import com.google.cloud.storage.StorageRetryStrategy;
import org.jspecify.annotations.Nullable;

/** Each failure reaches {@link Attempts}; the library would resume a broken read without limit. */
final class NoRetries implements StorageRetryStrategy {

  private static final long serialVersionUID = 1;

  @Override
  public ResultRetryAlgorithm<?> getIdempotentHandler() {
    return new Never();
  }

  @Override
  public ResultRetryAlgorithm<?> getNonidempotentHandler() {
    return new Never();
  }

  private static final class Never extends BasicResultRetryAlgorithm<Object> {
    @Override
    public boolean shouldRetry(@Nullable Throwable failure, @Nullable Object response) {
      return false;
    }
  }
}
