package dev.bertserve.bulk;

import dev.bertserve.server.embedded.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The open models of a JVM, one per key. The first user opens it, and the last one closes it. Any
 * thread; users of other keys do not wait while a model opens.
 *
 * @param <K> what a model is found by
 * @param <M> the model
 */
public final class SharedModels<K, M> {

  /** Static, since the tasks of a worker share nothing else. */
  public static final SharedModels<ModelKey, TextModel> OF_WORKER =
      new SharedModels<>(ModelKey::open, TextModel::close);

  private final Opener<K, M> opener;
  private final Consumer<M> closer;

  /** Guarded by this. */
  private final Map<K, Entry> entries = new HashMap<>();

  /** Opens the model of a key, in seconds. */
  interface Opener<K, M> {
    M open(K key) throws IOException;
  }

  SharedModels(Opener<K, M> opener, Consumer<M> closer) {
    this.opener = opener;
    this.closer = closer;
  }

  /**
   * What {@code question} returns of a model of the worker, which is open meanwhile. Throws what
   * {@link TextModel#open} throws; an IOException as an UncheckedIOException that names the model.
   */
  public static <T> T ask(ModelKey key, Function<TextModel, T> question) {
    try {
      TextModel model = OF_WORKER.acquire(key);
      try {
        return question.apply(model);
      } finally {
        OF_WORKER.release(key);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("model: " + key.model() + ": " + e.getMessage(), e);
    }
  }

  /** The open model of {@code key}; the caller must {@link #release} it unless this throws. */
  public M acquire(K key) throws IOException {
    Entry entry;
    synchronized (this) {
      entry = entries.computeIfAbsent(key, absent -> new Entry());
      entry.users++;
    }
    M model = null;
    try {
      model = entry.open(key);
      return model;
    } finally {
      if (model == null) {
        release(key);
      }
    }
  }

  /** Ends one {@link #acquire} of {@code key}; the last one closes the model. */
  public void release(K key) {
    Entry last;
    synchronized (this) {
      Entry entry = entries.get(key);
      if (entry == null) {
        throw new IllegalStateException("model: " + key + " (expected: one that is open)");
      }
      if (--entry.users > 0) {
        return;
      }
      entries.remove(key);
      last = entry;
    }
    last.close();
  }

  /** A model, and the number of its users, guarded by the registry. */
  private final class Entry {

    private int users;
    private @Nullable M model;

    /** A failed open is tried again by the next user. */
    synchronized M open(K key) throws IOException {
      M opened = model == null ? opener.open(key) : model;
      model = opened;
      return opened;
    }

    synchronized void close() {
      if (model != null) {
        closer.accept(model);
      }
    }
  }
}
