package dev.bertserve.bulk.spark;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.SharedModels;
import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The models of an executor. The last two that were used stay open between tasks, which would each
 * take seconds to open them. Any thread.
 */
final class ExecutorModels {

  private static final int MAX_KEPT = 2;

  /** In the order of their last use; each is acquired once. Guarded by the class. */
  private static final Set<ModelKey> KEPT = new LinkedHashSet<>();

  private ExecutorModels() {}

  /** The open model of {@code key}; the caller must {@link #release} it unless this throws. */
  static TextModel acquire(ModelKey key) throws IOException {
    TextModel model = SharedModels.OF_WORKER.acquire(key);
    keep(key);
    return model;
  }

  private static synchronized void keep(ModelKey key) throws IOException {
    if (!KEPT.remove(key)) {
      SharedModels.OF_WORKER.acquire(key);
    }
    KEPT.add(key);
    if (KEPT.size() > MAX_KEPT) {
      Iterator<ModelKey> oldest = KEPT.iterator();
      SharedModels.OF_WORKER.release(oldest.next());
      oldest.remove();
    }
  }

  static void release(ModelKey key) {
    SharedModels.OF_WORKER.release(key);
  }
}
