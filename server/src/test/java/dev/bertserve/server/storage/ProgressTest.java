package dev.bertserve.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class ProgressTest {

  private final List<String> lines = new ArrayList<>();
  private final Progress progress = new Progress("gs://b/m", 50_000_000, 0, lines::add);

  @Test
  void tick_everySecond_writesALineEveryFew() {
    for (int second = 1; second <= 12; second++) {
      progress.add(2_000_000);
      progress.tick(TimeUnit.SECONDS.toNanos(second));
    }

    assertThat(lines)
        .containsExactly(
            "downloading gs://b/m: 10.0 of 50.0 MB, 2.0 MB/s",
            "downloading gs://b/m: 20.0 of 50.0 MB, 2.0 MB/s");
  }

  @Test
  void end_writesTheWholeAndItsSpeed() {
    progress.add(50_000_000);
    progress.end(TimeUnit.MILLISECONDS.toNanos(500));

    assertThat(lines).containsExactly("downloaded gs://b/m: 50.0 of 50.0 MB, 100.0 MB/s");
  }
}
