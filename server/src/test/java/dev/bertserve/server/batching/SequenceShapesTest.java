package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SequenceShapesTest {

  private final SequenceShapes shapes =
      new SequenceShapes(
          List.of(
              new BatchShape(1, 16, 1),
              new BatchShape(1, 48, 4),
              new BatchShape(2, 48, 4),
              new BatchShape(2, 48, 1),
              new BatchShape(1, 96, 8),
              new BatchShape(1, 128, 10)));

  @Test
  void of_shapesWithSeveralRowsInOne_areOfSequences() {
    assertThat(BatchShapes.of(List.of(new BatchShape(1, 16), new BatchShape(1, 48, 4))))
        .isInstanceOf(SequenceShapes.class);
    assertThat(BatchShapes.of(List.of(new BatchShape(1, 16)))).isInstanceOf(RowShapes.class);
    assertThat(BatchShapes.of(List.of())).isInstanceOf(RowShapes.class);
  }

  @Test
  void padded_rowsOfAnyLength_areAsMuchAsTheSmallestShapeThatHoldsThem() {
    assertThat(shapes.padded(1, 16, 16)).isEqualTo(16);
    assertThat(shapes.padded(2, 16, 8)).isEqualTo(48);
    assertThat(shapes.padded(3, 60, 48)).isEqualTo(96);
    assertThat(shapes.padded(3, 60, 49)).isEqualTo(96);
    assertThat(shapes.padded(9, 60, 20)).isEqualTo(128);
    assertThat(shapes.padded(9, 129, 20)).isEqualTo(129);
  }

  @Test
  void largest_anyLength_isTheOneOfMostSequencesUnlessSmall() {
    assertThat(shapes.largest())
        .containsExactly(
            new BatchShape(2, 48, 4), new BatchShape(1, 96, 8), new BatchShape(1, 128, 10));
    assertThat(shapes.mostTokens(1_000)).isEqualTo(128);
  }

  @Test
  void tokens_moreSequencesThanAShapeHas_areThoseOfTheNextOne() {
    SequenceShapes few =
        new SequenceShapes(List.of(new BatchShape(1, 32, 2), new BatchShape(4, 32, 2)));

    assertThat(few.tokens(1, 32)).isEqualTo(32);
    assertThat(few.tokens(2, 32)).isEqualTo(4 * 32);
  }

  @Test
  void upTo_fewerTokens_leavesTheSmallerShapes() {
    assertThat(shapes.upTo(100).largest())
        .containsExactly(new BatchShape(2, 48, 4), new BatchShape(1, 96, 8));
    assertThat(shapes.upTo(10).largest()).isEmpty();
    assertThat(shapes.upTo(10).mostTokens(1_000)).isEqualTo(1_000);
  }
}
