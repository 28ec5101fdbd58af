package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The models of a server, by name and version. Any thread. */
public final class ModelRegistry {

  private static final int RETRY_AFTER_SECONDS = 1;

  private final Lifecycle lifecycle;

  /** Replaced as a whole, so that reading needs no lock. */
  private volatile Map<String, NavigableMap<Long, ServedModel>> models = Map.of();

  @GuardedBy("this")
  private boolean closed;

  public ModelRegistry(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /**
   * Serves {@code model} from now on. Returns the one that had its name and version, which the
   * caller closes. Throws once the registry is closed; the model is still the caller's then.
   */
  public synchronized Optional<ServedModel> activate(ServedModel model) {
    if (closed) {
      throw new IllegalStateException("the server is stopping");
    }
    Map<String, NavigableMap<Long, ServedModel>> changed = copy();
    ServedModel before =
        changed
            .computeIfAbsent(model.version().name(), any -> new TreeMap<>())
            .put(model.version().number(), model);
    models = changed;
    return Optional.ofNullable(before);
  }

  /** Finds {@code version} no more. Returns its model, which the caller closes. */
  public synchronized Optional<ServedModel> retire(ModelVersion version) {
    Map<String, NavigableMap<Long, ServedModel>> changed = copy();
    NavigableMap<Long, ServedModel> versions =
        changed.getOrDefault(version.name(), new TreeMap<>());
    ServedModel model = versions.remove(version.number());
    if (versions.isEmpty()) {
      changed.remove(version.name());
    }
    models = changed;
    return Optional.ofNullable(model);
  }

  /** Finds no model any more. Returns all, which the caller closes. */
  public synchronized List<ServedModel> retireAll() {
    closed = true;
    List<ServedModel> all = new ArrayList<>();
    models.values().forEach(versions -> all.addAll(versions.values()));
    models = Map.of();
    return all;
  }

  /** The largest version of {@code name}, whichever that is at the time of a request. */
  public ModelSource latest(String name) {
    return () ->
        leaseOfLatest(name)
            // Retired since the look-up: the next one finds another version, or none.
            .or(() -> leaseOfLatest(name))
            .or(this::unavailable)
            .orElseThrow();
  }

  /** One version of a model. */
  public ModelSource of(ModelVersion version) {
    return () -> {
      NavigableMap<Long, ServedModel> versions = models.get(version.name());
      ServedModel model = versions == null ? null : versions.get(version.number());
      return lease(model).or(this::unavailable).orElseThrow();
    };
  }

  private Optional<ModelLease> leaseOfLatest(String name) {
    NavigableMap<Long, ServedModel> versions = models.get(name);
    return lease(versions == null ? null : versions.lastEntry().getValue());
  }

  private Optional<ModelLease> lease(@Nullable ServedModel model) {
    // A failed server would not answer what it admits, such as where the engine hangs.
    return model == null || lifecycle.state() == State.FAILED ? Optional.empty() : model.lease();
  }

  private Optional<ModelLease> unavailable() {
    throw new ServingException(
        FailureKind.UNAVAILABLE,
        "the model cannot be used: " + lifecycle.state().label(),
        RETRY_AFTER_SECONDS);
  }

  @GuardedBy("this")
  private Map<String, NavigableMap<Long, ServedModel>> copy() {
    Map<String, NavigableMap<Long, ServedModel>> copy = new HashMap<>();
    models.forEach((name, versions) -> copy.put(name, new TreeMap<>(versions)));
    return copy;
  }
}
