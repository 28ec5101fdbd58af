package dev.bertserve.server.versions;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.ModelControl;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that loads and unloads versions after the start, one after the other, so that at most
 * one version more than is served is in memory. Any thread may call it.
 */
public final class VersionThread implements ModelControl {

  private static final Logger LOG = LoggerFactory.getLogger(VersionThread.class);

  private static final int RETRY_AFTER_SECONDS = 1;

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(VersionThread::daemon);

  /** Empty until they are open. */
  private volatile List<ModelVersions> models = List.of();

  private static Thread daemon(Runnable loop) {
    Thread thread = new Thread(loop, "versions");
    // A load cannot be interrupted, and must not keep the process alive.
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Takes over {@code opened}, which no other thread uses any more.
   *
   * @param pause time between two polls of a folder, zero for none; empty for what suits each
   */
  public void start(List<ModelVersions> opened, Optional<Duration> pause) {
    models = List.copyOf(opened);
    for (ModelVersions model : opened) {
      long millis = pause.orElseGet(model::pause).toMillis();
      if (model.isVersioned() && millis > 0) {
        ScheduledFuture<?> unused =
            thread.scheduleWithFixedDelay(model::poll, millis, millis, TimeUnit.MILLISECONDS);
      }
    }
  }

  /**
   * Starts nothing more. A load that runs goes on; its model is closed, since none is activated.
   */
  public void stop() {
    thread.shutdown();
  }

  @Override
  public CompletionStage<Void> load(String name) {
    ModelVersions model = find(name);
    return run(() -> load(model));
  }

  private static void load(ModelVersions model) {
    try {
      model.load();
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("model {}: cannot be loaded: {}", model.name(), Reason.of(e));
      throw new ServingException(
          FailureKind.INVALID, "failed to load '" + model.name() + "': " + model.forClients(e));
    }
  }

  @Override
  public CompletionStage<Void> unload(String name) {
    return run(find(name)::unload);
  }

  private ModelVersions find(String name) {
    List<ModelVersions> opened = models;
    if (opened.isEmpty()) {
      throw unavailable("starting");
    }
    return opened.stream()
        .filter(model -> model.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ServingException(
                    FailureKind.NOT_FOUND, "model: unknown (expected: a model of this server)"));
  }

  private CompletionStage<Void> run(Runnable change) {
    try {
      return CompletableFuture.runAsync(change, thread);
    } catch (RejectedExecutionException e) {
      throw unavailable("stopping");
    }
  }

  private static ServingException unavailable(String state) {
    return new ServingException(FailureKind.UNAVAILABLE, "state: " + state, RETRY_AFTER_SECONDS);
  }
}
