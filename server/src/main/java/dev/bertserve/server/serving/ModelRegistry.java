package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The models of a server, by name and version. Any thread. */
public final class ModelRegistry implements ModelCatalog {

  private static final int RETRY_AFTER_SECONDS = 1;

  private final Lifecycle lifecycle;

  /** Replaced as a whole, so reading needs no lock. */
  private volatile Map<String, NavigableMap<Long, ServedModel>> models = Map.of();

  /** Models that are still loading. Replaced as a whole. */
  private volatile Set<ModelVersion> expected = Set.of();

  @GuardedBy("this")
  private boolean closed;

  public ModelRegistry(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /** Counts {@code version} among the server's models until it is activated. */
  public synchronized void expect(ModelVersion version) {
    Set<ModelVersion> changed = new HashSet<>(expected);
    changed.add(version);
    expected = Set.copyOf(changed);
  }

  /**
   * Starts to serve {@code model}. Returns the model that had the same name and version, if any;
   * the caller closes it. Throws if the registry is closed; the caller then still owns {@code
   * model}.
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
    Set<ModelVersion> loading = new HashSet<>(expected);
    loading.remove(model.version());
    expected = Set.copyOf(loading);
    return Optional.ofNullable(before);
  }

  /** Stops serving {@code version}. Returns its model, if any; the caller closes it. */
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

  /**
   * Stops serving all models and closes the registry. Returns the models; the caller closes them.
   */
  public synchronized List<ServedModel> retireAll() {
    closed = true;
    List<ServedModel> all = new ArrayList<>();
    models.values().forEach(versions -> all.addAll(versions.values()));
    models = Map.of();
    return all;
  }

  @Override
  public List<ModelState> models() {
    boolean serving = lifecycle.state() == State.READY;
    Map<ModelVersion, Boolean> ready = new HashMap<>();
    expected.forEach(version -> ready.put(version, false));
    models
        .values()
        .forEach(
            versions -> versions.values().forEach(model -> ready.put(model.version(), serving)));
    List<ModelState> states = new ArrayList<>();
    ready.forEach((version, isReady) -> states.add(new ModelState(version, isReady)));
    states.sort(
        Comparator.comparing((ModelState state) -> state.version().name())
            .thenComparing(state -> state.version().number()));
    return states;
  }

  @Override
  public Optional<ModelSource> find(String name, OptionalLong version) {
    NavigableMap<Long, ServedModel> versions = models.get(name);
    boolean served =
        versions != null && (version.isEmpty() || versions.containsKey(version.getAsLong()));
    if (!served && expected.stream().noneMatch(loading -> loading.matches(name, version))) {
      return Optional.empty();
    }
    return Optional.of(
        version.isEmpty() ? latest(name) : of(new ModelVersion(name, version.getAsLong())));
  }

  /** The largest version of {@code name} at the time of each request. */
  public ModelSource latest(String name) {
    return () ->
        leaseOfLatest(name)
            // The version was retired since the look-up; a second one finds another version or
            // none.
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
    // A failed server could not finish what it admits, for instance if the engine hangs.
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
