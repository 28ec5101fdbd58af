package dev.bertserve.server.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The thread of versions, which polls, loads on request, and stops. */
@Timeout(60)
final class VersionThreadTest {

  private final VersionThread thread = new VersionThread();

  @TempDir private Path folder;
  private VersionRig rig;
  private ModelVersions versions;

  @BeforeEach
  void open() throws IOException {
    rig = new VersionRig(folder);
    rig.write(1, "10");
    versions = rig.versions("latest");
    versions.open();
  }

  @AfterEach
  void stop() throws InterruptedException {
    thread.stop();
    rig.close();
  }

  @Test
  void start_withAPause_polls() throws Exception {
    CountDownLatch loaded = new CountDownLatch(1);
    rig.loader.beforeStart = loaded::countDown;
    thread.start(List.of(versions), Optional.of(Duration.ofMillis(1)));
    rig.write(2, "20");
    loaded.await();

    // Runs after the poll that loads.
    thread.load("bert").toCompletableFuture().join();
    assertThat(rig.registry.serving("bert").keySet()).containsExactly(2L);
  }

  @Test
  void load_namesAndStates_areChecked() {
    assertThat(catchThrowableOfType(ServingException.class, () -> thread.load("bert")).kind())
        .isEqualTo(FailureKind.UNAVAILABLE);
    thread.start(List.of(versions), Optional.of(Duration.ZERO));
    assertThat(catchThrowableOfType(ServingException.class, () -> thread.load("other")).kind())
        .isEqualTo(FailureKind.NOT_FOUND);
    thread.stop();
    assertThat(catchThrowableOfType(ServingException.class, () -> thread.unload("bert")))
        .hasMessage("state: stopping");
  }

  @Test
  void stop_duringALoad_doesNotWaitAndTheLateModelIsClosed() throws Exception {
    thread.start(List.of(versions), Optional.of(Duration.ZERO));
    rig.write(2, "20");
    CountDownLatch loading = new CountDownLatch(1);
    CountDownLatch stopped = new CountDownLatch(1);
    rig.loader.beforeStart =
        () -> {
          loading.countDown();
          await(stopped);
        };
    CompletableFuture<Void> load = thread.load("bert").toCompletableFuture();
    loading.await();

    thread.stop();
    rig.closeServed();
    stopped.countDown();

    assertThatThrownBy(load::join)
        .hasRootCauseMessage("failed to load 'bert': the server is stopping");
    assertThat(rig.loader.openEngines()).isZero();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
