package dev.bertserve.server.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AttemptsTest {

  private static final StorageSettings SETTINGS =
      new StorageSettings(
          1, 1, 4, Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(1));

  private final List<Duration> pauses = new ArrayList<>();

  private Attempts attempts(double jitter) {
    return new Attempts(
        SETTINGS, new Timing(() -> 0, nanos -> pauses.add(Duration.ofNanos(nanos)), () -> jitter));
  }

  private static StorageFailure busy() {
    return new StorageFailure("busy", true, null);
  }

  @Test
  void fail_inARow_waitsTwiceAsLongUpToTheMost() throws IOException {
    Attempts attempts = attempts(1);
    for (int i = 0; i < 3; i++) {
      attempts.fail(busy());
    }

    assertThat(pauses)
        .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3));
  }

  @Test
  void fail_leastJitter_waitsHalfAsLong() throws IOException {
    attempts(0).fail(busy());

    assertThat(pauses).containsExactly(Duration.ofMillis(500));
  }

  @Test
  void fail_tooOften_throwsWithTheCount() throws IOException {
    Attempts attempts = attempts(1);
    for (int i = 0; i < 3; i++) {
      attempts.fail(busy());
    }

    assertThatThrownBy(() -> attempts.fail(busy())).hasMessage("busy, 4 times in a row");
  }

  @Test
  void fail_afterSuccess_countsAnew() throws IOException {
    Attempts attempts = attempts(1);
    for (int i = 0; i < 10; i++) {
      attempts.fail(busy());
      attempts.succeed();
    }

    assertThat(pauses).hasSize(10).containsOnly(Duration.ofSeconds(1));
  }

  @Test
  void fail_forGood_throwsAtOnce() {
    StorageFailure failure = new StorageFailure("forbidden", false, null);

    assertThatThrownBy(() -> attempts(1).fail(failure)).isSameAs(failure);
    assertThat(pauses).isEmpty();
  }
}
