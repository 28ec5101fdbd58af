package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class BatchShapesTest {

  private final BatchShapes shapes =
      new BatchShapes(
          List.of(
              new BatchShape(1, 16, 1),
              new BatchShape(1, 48, 4),
              new BatchShape(2, 48, 4),
              new BatchShape(2, 48, 1),
              new BatchShape(1, 96, 8),
              new BatchShape(1, 128, 10)),
          100);

  @Test
  void largestFirst_mixedShapes_goesByTokensThenByFewestRows() {
    assertThat(shapes.largestFirst())
        .containsExactly(
            new BatchShape(1, 128, 10),
            new BatchShape(2, 48, 1),
            new BatchShape(2, 48, 4),
            new BatchShape(1, 96, 8),
            new BatchShape(1, 48, 4),
            new BatchShape(1, 16, 1));
    assertThat(shapes.maxTokens()).isEqualTo(128);
    assertThat(shapes.isPacked()).isTrue();
    assertThat(new BatchShapes(List.of(new BatchShape(4, 16)), 0).isPacked()).isFalse();
  }

  @Test
  void smallest_sequencesAndRows_isTheFirstThatHoldsBoth() {
    assertThat(shapes.smallest(1, 1, 1)).isEqualTo(new BatchShape(1, 48, 4));
    assertThat(shapes.smallest(1, 2, 1)).isEqualTo(new BatchShape(2, 48, 1));
    assertThat(shapes.smallest(1, 2, 2)).isEqualTo(new BatchShape(2, 48, 4));
    assertThat(shapes.smallest(1, 3, 1)).isNull();
    assertThat(shapes.smallest(1, 1, 5)).isNull();
  }

  @Test
  void ofOneRow_anyLength_isTheShortestSequenceThatHoldsIt() {
    assertThat(shapes.ofOneRow(1)).isEqualTo(new BatchShape(1, 16, 1));
    assertThat(shapes.ofOneRow(17)).isEqualTo(new BatchShape(1, 48, 4));
    assertThat(shapes.ofOneRow(128)).isEqualTo(new BatchShape(1, 128, 10));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shapes.ofOneRow(129))
        .withMessage("row: 129 tokens (expected: at most 128)");
  }

  @Test
  void shapes_none_areRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchShapes(List.of(), 0))
        .withMessage("shapes: none (expected: at least one)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchShape(0, 16))
        .withMessage("sequences, length, maxRowsPerSequence: 0, 16, 1 (expected: >= 1 each)");
  }
}
