package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import java.util.Comparator;
import org.junit.jupiter.api.Test;

final class ShapeClassesTest {

  private final ShapeClasses classes = new ShapeClasses(new RowLengths(1, 512), TileRule.OF_CPUS);

  @Test
  void length_anyUpToTheModels_isCoveredWithAQuarterOfItselfAsPaddingAtMost() {
    for (int tokens = 1; tokens <= 512; tokens++) {
      int length = classes.length(tokens);
      assertThat(length).isGreaterThanOrEqualTo(tokens);
      assertThat(length == 16 || length - tokens <= Math.max(3, tokens / 4))
          .as("%d in %d", tokens, length)
          .isTrue();
    }
  }

  @Test
  void length_modelOfAnyLength_endsThere() {
    for (int most = 1; most <= 512; most++) {
      ShapeClasses cut = new ShapeClasses(new RowLengths(1, most), TileRule.OF_CPUS);
      assertThat(cut.length(most)).isEqualTo(most);
      assertThat(cut.length(1)).isEqualTo(Math.min(16, most));
    }
  }

  @Test
  void length_leastLength_isKept() {
    ShapeClasses fixed = new ShapeClasses(new RowLengths(128, 128), TileRule.OF_CPUS);
    assertThat(fixed.length(1)).isEqualTo(128);
    assertThat(fixed.all()).hasSize(3);
    assertThat(new ShapeClasses(new RowLengths(30, 128), TileRule.OF_CPUS).length(1)).isEqualTo(32);
  }

  @Test
  void length_longerThanTheModels_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> classes.length(513))
        .withMessage("length: 513 (expected: at most 512)");
  }

  @Test
  void rows_anyLength_fallFromTheBudgetToOne() {
    assertThat(classes.rows(16)).containsExactly(1, 2, 4, 8, 16, 32);
    assertThat(classes.rows(40)).containsExactly(1, 3, 6, 12);
    assertThat(classes.rows(128)).containsExactly(1, 2, 4);
    assertThat(classes.rows(512)).containsExactly(1);
    assertThat(new ShapeClasses(new RowLengths(1, 512), TileRule.OF_CPUS.atMost(100)).rows(512))
        .containsExactly(1);
  }

  @Test
  void all_modelOf128Tokens_areFewLargestFirst() {
    assertThat(new ShapeClasses(new RowLengths(1, 128), TileRule.OF_CPUS).all())
        .hasSize(62)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.comparingInt(TileShape::tokens).reversed())
        .allMatch(shape -> shape.tokens() <= TileRule.OF_CPUS.tokens());
  }
}
