package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RunThreadsTest {

  @Test
  void enter_alone_isShared() {
    assertThat(new RunThreads(2).enter()).isTrue();
  }

  @Test
  void enter_anotherRuns_isNotShared() {
    RunThreads threads = new RunThreads(2);
    threads.enter();

    assertThat(threads.enter()).isFalse();
  }

  @Test
  void enter_theOtherHasLeft_isShared() {
    RunThreads threads = new RunThreads(2);
    threads.enter();
    threads.leave();

    assertThat(threads.enter()).isTrue();
  }

  @Test
  void enter_fiveProcessors_twoAreShared() {
    RunThreads threads = new RunThreads(5);

    assertThat(threads.enter()).isTrue();
    assertThat(threads.enter()).isTrue();
    assertThat(threads.enter()).isFalse();
  }

  @Test
  void enter_noProcessorToSpare_isNotShared() {
    assertThat(new RunThreads(1).enter()).isFalse();
    assertThat(new RunThreads(0).enter()).isFalse();
  }
}
