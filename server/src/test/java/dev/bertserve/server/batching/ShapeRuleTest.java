package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShapeRuleTest {

  private static final ShapeRule CPU = new ShapeRule(512, 100, 4, 48, 4, 2, 95);
  private static final ShapeRule GPU = new ShapeRule(8_192, 512, 8, 32, 2, 4, 256);

  private final BatchShapes shapes = CPU.padded(1, 512);

  @Test
  void length_anyUpToTheModels_isCoveredWithAQuarterOfItselfAsPaddingAtMost() {
    for (int tokens = 1; tokens <= 512; tokens++) {
      int length = shapes.ofOneRow(tokens).length();
      assertThat(length).isGreaterThanOrEqualTo(tokens);
      assertThat(length == 16 || length - tokens <= Math.max(3, tokens / 4))
          .as("%d in %d", tokens, length)
          .isTrue();
    }
  }

  @Test
  void length_modelOfAnyLength_endsThere() {
    for (int most = 1; most <= 512; most++) {
      BatchShapes cut = CPU.padded(1, most);
      assertThat(cut.ofOneRow(most).length()).isEqualTo(most);
      assertThat(cut.ofOneRow(1).length()).isEqualTo(Math.min(16, most));
    }
  }

  @Test
  void length_leastLength_isKept() {
    BatchShapes fixed = CPU.padded(128, 128);
    assertThat(fixed.ofOneRow(1).length()).isEqualTo(128);
    assertThat(fixed.largestFirst()).hasSize(3);
    assertThat(CPU.padded(30, 128).ofOneRow(1).length()).isEqualTo(32);
  }

  @Test
  void length_longerThanTheModels_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> shapes.ofOneRow(513))
        .withMessage("row: 513 tokens (expected: at most 512)");
  }

  @Test
  void rows_anyLength_fallFromTheBudgetToOne() {
    assertThat(rows(shapes, 16)).containsExactly(1, 2, 4, 8, 16, 32);
    assertThat(rows(shapes, 40)).containsExactly(1, 3, 6, 12);
    assertThat(rows(shapes, 128)).containsExactly(1, 2, 4);
    assertThat(rows(shapes, 512)).containsExactly(1);
    assertThat(rows(CPU.withMaxTokens(100).padded(1, 512), 512)).containsExactly(1);
  }

  @Test
  void ofRows_modelOf128Tokens_areFewLargestFirst() {
    assertThat(CPU.padded(1, 128).largestFirst())
        .hasSize(62)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.comparingInt(BatchShape::tokens).reversed())
        .allMatch(shape -> shape.tokens() <= CPU.maxTokens());
  }

  @Test
  void ofSequences_modelOf128Tokens_areOneOfEachLengthAndSeveralLongOnes() {
    assertThat(CPU.packed(1, 128).largestFirst())
        .hasSize(50)
        .isSortedAccordingTo(Comparator.comparingInt(BatchShape::tokens).reversed())
        .doesNotHaveDuplicates()
        .startsWith(new BatchShape(4, 128, 4), new BatchShape(4, 128, 16))
        .contains(new BatchShape(6, 80, 2), new BatchShape(6, 80, 10))
        .contains(new BatchShape(1, 48, 6), new BatchShape(1, 16, 2))
        .doesNotContain(new BatchShape(2, 64, 8));
  }

  @Test
  void ofSequences_longModel_hasSequencesForEachOfItsLengths() {
    assertThat(CPU.packed(1, 512).largestFirst())
        .extracting(BatchShape::length)
        .contains(16, 128, 160, 256, 384, 512);
    assertThat(CPU.packed(1, 512).largestFirst())
        .contains(
            new BatchShape(1, 512, 64), new BatchShape(2, 256, 8), new BatchShape(3, 160, 20));
  }

  @Test
  void ofSequences_tinyModel_isOneShape() {
    assertThat(CPU.withMaxTokens(4).packed(1, 4).largestFirst())
        .containsExactly(new BatchShape(1, 4, 1));
  }

  @Test
  void ofSequences_largeTiles_haveRoomForAsManyRowsAsTheRuleSays() {
    for (ShapeRule rule : List.of(GPU, CPU.withMaxTokens(8_192))) {
      List<BatchShape> packed = rule.packed(1, 128).largestFirst();

      assertThat(packed).hasSizeLessThan(80).allMatch(shape -> shape.maxRows() <= rule.slots());
      assertThat(packed.get(0).sequences()).isEqualTo(64);
    }
  }

  /** Numbers of rows of the shapes of length {@code length}, in ascending order. */
  private static int[] rows(BatchShapes shapes, int length) {
    return shapes.largestFirst().stream()
        .filter(shape -> shape.length() == length)
        .mapToInt(BatchShape::sequences)
        .sorted()
        .toArray();
  }
}
