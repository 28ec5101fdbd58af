package dev.bertserve.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

final class SharedModelsTest {

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final SharedModels<String, Object> models =
      new SharedModels<>(
          key -> {
            events.add("open " + key);
            if (key.equals("broken")) {
              throw new IOException(key);
            }
            return key;
          },
          model -> events.add("close " + model));

  @Test
  void acquire_manyThreads_opensOnceAndTheLastCloses() {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<CompletableFuture<Object>> users = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      users.add(CompletableFuture.supplyAsync(() -> acquire("a"), threads));
    }
    users.forEach(CompletableFuture::join);
    threads.shutdown();

    assertThat(events).containsExactly("open a");
    for (int i = 0; i < 99; i++) {
      models.release("a");
    }
    assertThat(events).containsExactly("open a");
    models.release("a");
    assertThat(events).containsExactly("open a", "close a");
  }

  @Test
  void acquire_afterTheLastRelease_opensAgain() {
    acquire("a");
    acquire("b");
    models.release("a");
    acquire("a");

    assertThat(events).containsExactly("open a", "open b", "close a", "open a");
  }

  @Test
  void acquire_cannotBeOpened_isTriedAgainAndNotReleased() {
    assertThatThrownBy(() -> models.acquire("broken")).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> models.acquire("broken")).isInstanceOf(IOException.class);

    assertThat(events).containsExactly("open broken", "open broken");
    assertThatThrownBy(() -> models.release("broken"))
        .hasMessage("model: broken (expected: one that is open)");
  }

  private Object acquire(String key) {
    try {
      return models.acquire(key);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
