package dev.bertserve.bulk;

import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Keeps a model open in this process, so that the pipelines of a test do not each open it. */
public record KeptModel(ModelKey key, TextModel model) implements AutoCloseable {

  /** Opens the model of {@code key}, unless it is open. */
  public static KeptModel of(ModelKey key) {
    try {
      return new KeptModel(key, SharedModels.OF_WORKER.acquire(key));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    SharedModels.OF_WORKER.release(key);
  }
}
