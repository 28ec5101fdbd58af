package dev.bertserve.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class AcceptWindowTest {

  private final AcceptWindow window = new AcceptWindow(100, 30, 50);

  @Test
  void left_noConnectionComes_endsAfterTheQuietTime() {
    assertThat(window.leftNanos(100)).isEqualTo(30);
    assertThat(window.leftNanos(129)).isEqualTo(1);
    assertThat(window.leftNanos(130)).isZero();
  }

  @Test
  void left_connectionComes_startsAgain() {
    window.accepted(115);
    assertThat(window.leftNanos(130)).isEqualTo(15);
    assertThat(window.leftNanos(145)).isZero();
  }

  @Test
  void left_connectionsKeepComing_endsWithItsTime() {
    window.accepted(149);
    assertThat(window.leftNanos(149)).isEqualTo(1);
    assertThat(window.leftNanos(150)).isZero();
  }
}
