package dev.bertserve.server.serving;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.lifecycle.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The models of a server, by name and version. Any thread. */
public final class ModelRegistry implements ModelCatalog {

  private static final int RETRY_AFTER_SECONDS = 1;

  private final Lifecycle lifecycle;

  /** Replaced as a whole, so reading needs no lock. */
  private volatile Map<String, NavigableMap<Long, ServedModel>> models = Map.of();

  /** Versions that do not serve: before, after, or failed. Replaced as a whole. */
  private volatile Map<ModelVersion, ModelState> others = Map.of();

  @GuardedBy("this")
  private boolean closed;

  public ModelRegistry(Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
  }

  /** Lists {@code version} as loading until it is activated. */
  public synchronized void expect(ModelVersion version) {
    list(new ModelState(version, VersionState.LOADING, ""));
  }

  /** Lists {@code version} as ended, with one line that says why if it could not be loaded. */
  public synchronized void end(ModelVersion version, String error) {
    list(new ModelState(version, VersionState.END, error));
  }

  /** Lists {@code version} no more, unless it serves. */
  public synchronized void forget(ModelVersion version) {
    Map<ModelVersion, ModelState> changed = new HashMap<>(others);
    changed.remove(version);
    others = Map.copyOf(changed);
  }

  @GuardedBy("this")
  private void list(ModelState state) {
    Map<ModelVersion, ModelState> changed = new HashMap<>(others);
    changed.put(state.version(), state);
    others = Map.copyOf(changed);
  }

  /**
   * Starts to serve {@code model}, of a version that does not serve yet. Throws if the registry is
   * closed; the caller then still owns {@code model}.
   */
  public synchronized void activate(ServedModel model) {
    if (closed) {
      throw new IllegalStateException("the server is stopping");
    }
    Map<String, NavigableMap<Long, ServedModel>> changed = copy();
    changed
        .computeIfAbsent(model.version().name(), any -> new TreeMap<>())
        .put(model.version().number(), model);
    models = changed;
    forget(model.version());
  }

  /**
   * Stops serving {@code version}, which is listed as unloading until it is {@link #end}ed. Returns
   * its model, if any; the caller closes it.
   */
  public synchronized Optional<ServedModel> retire(ModelVersion version) {
    Map<String, NavigableMap<Long, ServedModel>> changed = copy();
    NavigableMap<Long, ServedModel> versions =
        changed.getOrDefault(version.name(), new TreeMap<>());
    ServedModel model = versions.remove(version.number());
    if (versions.isEmpty()) {
      changed.remove(version.name());
    }
    if (model != null) {
      list(new ModelState(version, VersionState.UNLOADING, ""));
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

  /** The versions of {@code name} that serve, by their numbers. */
  public NavigableMap<Long, ServedModel> serving(String name) {
    return new TreeMap<>(models.getOrDefault(name, new TreeMap<>()));
  }

  /** A line for each version that could not be loaded, which says why. */
  public List<String> failures() {
    return models().stream()
        .filter(state -> !state.error().isEmpty())
        .map(state -> "model " + state.version() + ": " + state.error())
        .toList();
  }

  @Override
  public List<ModelState> models() {
    VersionState state =
        lifecycle.state() == State.READY ? VersionState.AVAILABLE : VersionState.LOADING;
    // A version that changes in between is in both; the later one replaces the earlier one.
    Map<ModelVersion, ModelState> states = new HashMap<>(others);
    models
        .values()
        .forEach(
            versions ->
                versions
                    .values()
                    .forEach(
                        model ->
                            states.put(
                                model.version(), new ModelState(model.version(), state, ""))));
    List<ModelState> sorted = new ArrayList<>(states.values());
    sorted.sort(
        Comparator.comparing((ModelState one) -> one.version().name())
            .thenComparing(one -> one.version().number()));
    return sorted;
  }

  @Override
  public Optional<ModelSource> find(String name, OptionalLong version) {
    NavigableMap<Long, ServedModel> versions = models.get(name);
    boolean served =
        versions != null && (version.isEmpty() || versions.containsKey(version.getAsLong()));
    if (!served && others.values().stream().noneMatch(state -> isExpected(state, name, version))) {
      return Optional.empty();
    }
    return Optional.of(
        version.isEmpty() ? latest(name) : of(new ModelVersion(name, version.getAsLong())));
  }

  /** Until the server is ready, versions that could not be loaded are expected too. */
  private boolean isExpected(ModelState state, String name, OptionalLong version) {
    return state.version().matches(name, version)
        && (state.state() == VersionState.LOADING || lifecycle.state() != State.READY);
  }

  /** The largest version of {@code name} at the time of each request. */
  public ModelSource latest(String name) {
    return () ->
        leaseOfLatest(name)
            // The version was retired since the look-up; a second one finds another version or
            // none.
            .or(() -> leaseOfLatest(name))
            .or(() -> unavailable(name))
            .orElseThrow();
  }

  /** One version of a model. */
  public ModelSource of(ModelVersion version) {
    return () -> {
      NavigableMap<Long, ServedModel> versions = models.get(version.name());
      ServedModel model = versions == null ? null : versions.get(version.number());
      return lease(model).or(() -> unavailable(version.toString())).orElseThrow();
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

  private Optional<ModelLease> unavailable(String model) {
    State state = lifecycle.state();
    throw new ServingException(
        FailureKind.UNAVAILABLE,
        state == State.READY
            ? "model " + model + ": not loaded"
            : "the model cannot be used: " + state.label(),
        RETRY_AFTER_SECONDS);
  }

  @GuardedBy("this")
  private Map<String, NavigableMap<Long, ServedModel>> copy() {
    Map<String, NavigableMap<Long, ServedModel>> copy = new HashMap<>();
    models.forEach((name, versions) -> copy.put(name, new TreeMap<>(versions)));
    return copy;
  }
}
