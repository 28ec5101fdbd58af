package dev.bertserve.server.versions;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.metrics.VersionMetrics;
import dev.bertserve.server.serving.ModelRegistry;
import dev.bertserve.server.serving.ModelState;
import dev.bertserve.server.serving.ModelVersion;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.ServedModel;
import dev.bertserve.server.serving.VersionState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The versions of one model, in step with its folder: loads those that its policy wants, and
 * unloads the others once a wanted one serves. One thread at a time.
 */
public final class ModelVersions {

  private static final Logger LOG = LoggerFactory.getLogger(ModelVersions.class);

  private final String name;
  private final ModelFolder folder;
  private final VersionPolicy policy;
  private final VersionLoader loader;
  private final ModelRegistry registry;
  private final VersionMetrics metrics;
  private final Duration closeLimit;
  private final LongSupplier clockNanos;

  /** Stamps of the versions that the last poll wanted and that do not serve. */
  private Map<Long, String> seen = new HashMap<>();

  /** Stamps of the versions that could not be loaded, as they were then. */
  private final Map<Long, String> failed = new HashMap<>();

  /** Whether the model was unloaded as a whole, and is to stay so. */
  private boolean unloaded;

  private boolean listable = true;

  /**
   * The versions of {@code name}; none is loaded yet.
   *
   * @param folder of the model
   * @param closeLimit longest time in which an unloaded version finishes its requests
   */
  public ModelVersions(
      String name,
      ModelFolder folder,
      VersionPolicy policy,
      VersionLoader loader,
      ModelRegistry registry,
      VersionMetrics metrics,
      Duration closeLimit,
      LongSupplier clockNanos) {
    this.name = name;
    this.folder = folder;
    this.policy = policy;
    this.loader = loader;
    this.registry = registry;
    this.metrics = metrics;
    this.closeLimit = closeLimit;
    this.clockNanos = clockNanos;
  }

  public String name() {
    return name;
  }

  /** Whether versions may come and go. */
  public boolean isVersioned() {
    return folder.isVersioned();
  }

  /** Time between two polls, unless the user sets another. */
  Duration pause() {
    return folder.pause();
  }

  /**
   * Loads the wanted versions as they are now. Throws if none serves afterwards; one that could not
   * be loaded beside others is reported.
   */
  public void open() throws IOException {
    Map<Long, Throwable> failures = loadWanted();
    if (registry.serving(name).isEmpty()) {
      throwFirst(failures);
    }
    failures.forEach(this::report);
  }

  /** The same on request; throws if any could not be loaded. */
  public void load() throws IOException {
    throwFirst(loadWanted());
  }

  private static void throwFirst(Map<Long, Throwable> failures) {
    for (Throwable failure : failures.values()) {
      throw new UnsupportedModelException(Reason.of(failure), failure);
    }
  }

  private Map<Long, Throwable> loadWanted() throws IOException {
    unloaded = false;
    NavigableMap<Long, Path> present = folder.list();
    NavigableMap<Long, Path> wanted = policy.wanted(present);
    if (wanted.isEmpty()) {
      throw new UnsupportedModelException(
          folder + ": versions " + present.keySet() + " (expected: one of --versions)");
    }
    NavigableMap<Long, Path> missing = missing(wanted);
    missing.keySet().forEach(number -> registry.expect(version(number)));
    forgetGone(present.keySet());
    forgetExpectedBut(missing.keySet());
    Map<Long, Throwable> failures = loadAll(missing);
    unloadAllBut(wanted.keySet());
    return failures;
  }

  /** Unloads all versions until the next {@link #load}. */
  public void unload() {
    unloaded = true;
    registry.serving(name).values().forEach(this::unload);
  }

  /**
   * Looks at the folder once. A version is loaded when its files are the same as at the last poll,
   * so that none is loaded half-copied; one that could not be loaded, when they have changed since.
   */
  public void poll() {
    if (unloaded) {
      return;
    }
    try {
      NavigableMap<Long, Path> present = folder.list();
      NavigableMap<Long, Path> wanted = policy.wanted(present);
      forgetGone(present.keySet());
      loadAll(settled(wanted)).forEach(this::report);
      unloadAllBut(wanted.keySet());
      listable = true;
    } catch (IOException | RuntimeException e) {
      if (listable) {
        LOG.warn("model {}: versions cannot be listed: {}", name, Reason.of(e));
      }
      listable = false;
    }
  }

  private void forgetGone(Set<Long> present) {
    failed.keySet().retainAll(present);
    forgetIf(state -> state.state() != VersionState.UNLOADING && !isAmong(present, state));
  }

  /** Before the folder was listed, the server may have expected another version. */
  private void forgetExpectedBut(Set<Long> missing) {
    forgetIf(state -> state.state() == VersionState.LOADING && !isAmong(missing, state));
  }

  private void forgetIf(Predicate<ModelState> stale) {
    registry.models(name, OptionalLong.empty()).stream()
        .filter(stale)
        .forEach(state -> registry.forget(state.version()));
  }

  private static boolean isAmong(Set<Long> numbers, ModelState state) {
    return numbers.contains(state.version().number());
  }

  /** The wanted versions that are to be loaded now, the largest first. */
  private Map<Long, Path> settled(NavigableMap<Long, Path> wanted) throws IOException {
    Map<Long, String> stamps = new HashMap<>();
    Map<Long, Path> settled = new LinkedHashMap<>();
    for (Map.Entry<Long, Path> version : missing(wanted).entrySet()) {
      long number = version.getKey();
      String stamp = folder.stamp(version.getValue());
      stamps.put(number, stamp);
      if (stamp.equals(seen.get(number)) && !stamp.equals(failed.get(number))) {
        settled.put(number, version.getValue());
      }
    }
    seen = stamps;
    return settled;
  }

  /** Those that do not serve, the largest first. */
  private NavigableMap<Long, Path> missing(NavigableMap<Long, Path> wanted) {
    NavigableMap<Long, Path> missing = new TreeMap<>(wanted);
    missing.keySet().removeAll(registry.serving(name).keySet());
    return missing.descendingMap();
  }

  /** Returns why each version failed that could not be loaded. */
  private Map<Long, Throwable> loadAll(Map<Long, Path> versions) throws IOException {
    Map<Long, Throwable> failures = new LinkedHashMap<>();
    for (Map.Entry<Long, Path> one : versions.entrySet()) {
      ModelVersion version = version(one.getKey());
      String stamp = folder.stamp(one.getValue());
      registry.expect(version);
      try {
        start(version, one.getValue());
        failed.remove(version.number());
        metrics.recordLoaded();
      } catch (IOException | RuntimeException | Error e) {
        failed.put(version.number(), stamp);
        failures.put(version.number(), e);
        registry.end(version, forClients(e));
        metrics.recordFailed();
      }
    }
    return failures;
  }

  /** Why the model could not be loaded, without the paths of its files. */
  String forClients(Throwable failure) {
    return Reason.forClients(failure, List.of(folder.toString()));
  }

  private void start(ModelVersion version, Path path) throws IOException {
    Optional<ServedModel> before =
        registry.serving(name).values().stream().reduce((smaller, larger) -> larger);
    VersionLoader.Loaded loaded = loader.load(path);
    try {
      serve(version, path, loaded.servable(), before);
    } finally {
      loaded.afterwards().run();
    }
    before.ifPresent(any -> LOG.info("model {}: serves", version));
  }

  private void serve(
      ModelVersion version, Path path, Servable servable, Optional<ServedModel> before)
      throws IOException {
    if (before.isPresent()) {
      SameSignature.require(servable, before.get());
    }
    ServedModel model = loader.start(version, path, servable, before);
    try {
      registry.activate(model);
    } catch (IllegalStateException e) {
      // The server is already stopping, so nobody else would close the model.
      model.closeNow();
      throw e;
    }
  }

  private void report(long number, Throwable failure) {
    LOG.error(
        "model {}: cannot be served: {}; versions {} serve",
        version(number),
        Reason.of(failure),
        registry.serving(name).keySet());
    LOG.debug("cause", failure);
  }

  /** Keeps all versions as long as no wanted one serves. */
  private void unloadAllBut(Set<Long> wanted) {
    NavigableMap<Long, ServedModel> serving = registry.serving(name);
    if (serving.keySet().stream().anyMatch(wanted::contains)) {
      serving.keySet().removeAll(wanted);
      serving.values().forEach(this::unload);
    }
  }

  private void unload(ServedModel model) {
    ModelVersion version = model.version();
    registry.retire(version);
    try {
      boolean closed = model.close(clockNanos.getAsLong() + closeLimit.toNanos(), clockNanos);
      registry.end(version, closed ? "" : "a batch has not returned; its memory is not freed");
      LOG.info("model {}: {}", version, closed ? "unloaded" : "stopped, a batch has not returned");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private ModelVersion version(long number) {
    return new ModelVersion(name, number);
  }
}
