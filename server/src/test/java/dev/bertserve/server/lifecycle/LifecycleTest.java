package dev.bertserve.server.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LifecycleTest {

  private final Lifecycle lifecycle = new Lifecycle();

  @Test
  void lifecycle_new_isStarting() {
    assertThat(lifecycle.state()).isEqualTo(State.STARTING);
    assertThat(lifecycle.reason()).isEmpty();
  }

  @Test
  void moveTo_forward_moves() {
    assertThat(lifecycle.moveTo(State.READY)).isTrue();
    assertThat(lifecycle.moveTo(State.DRAINING)).isTrue();
    assertThat(lifecycle.moveTo(State.STOPPED)).isTrue();
    assertThat(lifecycle.state()).isEqualTo(State.STOPPED);
  }

  @Test
  void moveTo_backward_isRejected() {
    lifecycle.moveTo(State.DRAINING);
    assertThat(lifecycle.moveTo(State.READY)).isFalse();
    assertThat(lifecycle.fail("late")).isFalse();
    assertThat(lifecycle.state()).isEqualTo(State.DRAINING);
    assertThat(lifecycle.reason()).isEmpty();
  }

  @Test
  void fail_reason_isKeptWhileDraining() {
    lifecycle.fail("model: broken");
    lifecycle.moveTo(State.DRAINING);
    assertThat(lifecycle.reason()).isEqualTo("model: broken");
  }
}
