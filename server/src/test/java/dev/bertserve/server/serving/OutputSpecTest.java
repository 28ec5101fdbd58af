package dev.bertserve.server.serving;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OutputSpecTest {

  @Test
  void output_moreValuesThanAnArrayHolds_isRejected() {
    assertThatThrownBy(() -> new OutputSpec("states", List.of(1 << 16, 1 << 16)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("output states: [65536, 65536] (expected: at most 2147483647 values a row)");
  }
}
