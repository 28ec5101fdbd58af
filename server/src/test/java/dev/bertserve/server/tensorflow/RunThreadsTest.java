package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class RunThreadsTest {

  @Test
  void enter_alone_isShared() {
    assertThat(threads(2).enter()).isTrue();
  }

  @Test
  void enter_anotherRuns_isNotShared() {
    RunThreads threads = threads(2);
    threads.enter();

    assertThat(threads.enter()).isFalse();
  }

  @Test
  void enter_theOtherHasLeft_isShared() {
    RunThreads threads = threads(2);
    threads.enter();
    threads.leave();

    assertThat(threads.enter()).isTrue();
  }

  @Test
  void enter_fiveProcessors_twoAreShared() {
    RunThreads threads = threads(5);

    assertThat(threads.enter()).isTrue();
    assertThat(threads.enter()).isTrue();
    assertThat(threads.enter()).isFalse();
  }

  @Test
  void enter_noProcessorToSpare_isNotShared() {
    assertThat(threads(1).enter()).isFalse();
    assertThat(threads(0).enter()).isFalse();
  }

  @Test
  void enter_anotherEngineRuns_isNotShared() {
    AtomicInteger running = new AtomicInteger();
    new RunThreads(2, running).enter();

    assertThat(new RunThreads(2, running).enter()).isFalse();
  }

  private static RunThreads threads(int processors) {
    return new RunThreads(processors, new AtomicInteger());
  }
}
