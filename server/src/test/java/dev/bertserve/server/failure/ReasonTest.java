package dev.bertserve.server.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReasonTest {

  @Test
  void of_messageOfSeveralLines_isOne() {
    assertThat(Reason.of(new IllegalStateException("No op:\n\t{{node x}}\r\n  here")))
        .isEqualTo("No op: {{node x}} here");
  }

  @Test
  void of_noMessage_isTheKind() {
    assertThat(Reason.of(new IllegalStateException())).isEqualTo("IllegalStateException");
  }
}
