package dev.bertserve.server.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.lifecycle.Lifecycle;
import dev.bertserve.server.metrics.MetricsPage;
import dev.bertserve.server.metrics.VersionMetrics;
import dev.bertserve.server.serving.ModelRegistry;
import dev.bertserve.server.serving.ServedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread of versions, which polls, loads on request, and stops. */
@Timeout(60)
final class VersionThreadTest {

  private final MetricsPage page = new MetricsPage();
  private final ModelRegistry registry = new ModelRegistry(new Lifecycle());
  private final ScriptedLoader loader = new ScriptedLoader(page);
  private final VersionThread thread = new VersionThread();

  @TempDir private Path folder;
  private ModelVersions versions;

  @BeforeEach
  void open() throws IOException {
    write(1);
    versions =
        new ModelVersions(
            "bert",
            ModelFolder.of(folder),
            VersionPolicy.parse("latest"),
            loader,
            registry,
            new VersionMetrics(page, "bert"),
            Duration.ofSeconds(30),
            System::nanoTime);
    versions.open();
  }

  @AfterEach
  void stop() throws InterruptedException {
    thread.stop();
    close(registry.retireAll());
    assertThat(loader.openEngines()).isZero();
  }

  @Test
  void start_withAPause_polls() throws Exception {
    CountDownLatch loaded = new CountDownLatch(1);
    loader.beforeStart = loaded::countDown;
    thread.start(List.of(versions), Duration.ofMillis(1));
    write(2);
    loaded.await();

    // Runs after the poll that loads.
    thread.load("bert").toCompletableFuture().join();
    assertThat(registry.serving("bert").keySet()).containsExactly(2L);
  }

  @Test
  void load_namesAndStates_areChecked() {
    assertThat(catchThrowableOfType(ServingException.class, () -> thread.load("bert")).kind())
        .isEqualTo(FailureKind.UNAVAILABLE);
    thread.start(List.of(versions), Duration.ZERO);
    assertThat(catchThrowableOfType(ServingException.class, () -> thread.load("other")).kind())
        .isEqualTo(FailureKind.NOT_FOUND);
    thread.stop();
    assertThat(catchThrowableOfType(ServingException.class, () -> thread.unload("bert")))
        .hasMessage("state: stopping");
  }

  @Test
  void stop_duringALoad_doesNotWaitAndTheLateModelIsClosed() throws Exception {
    thread.start(List.of(versions), Duration.ZERO);
    write(2);
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    loader.beforeStart =
        () -> {
          loading.countDown();
          await(stopped);
        };
    CompletableFuture<Void> load = thread.load("bert").toCompletableFuture();
    loading.await();

    thread.stop();
    close(registry.retireAll());
    stopped.countDown();

    assertThatThrownBy(load::join)
        .hasRootCauseMessage("failed to load 'bert': the server is stopping");
    assertThat(loader.openEngines()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void close(List<ServedModel> models) throws InterruptedException {
    for (ServedModel model : models) {
      assertThat(model.close(System.nanoTime() + TimeUnit.SECONDS.toNanos(30), System::nanoTime))
          .isTrue();
    }
  }

  private void write(int version) throws IOException {
    Path model = Files.createDirectory(folder.resolve(Integer.toString(version)));
    Files.writeString(model.resolve(ScriptedLoader.MODEL), Integer.toString(version));
  }
}
