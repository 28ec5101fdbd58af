package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import java.util.Comparator;
import java.util.List;
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
    assertThat(fixed.ofRows()).hasSize(3);
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
  void ofRows_modelOf128Tokens_areFewLargestFirst() {
    assertThat(new ShapeClasses(new RowLengths(1, 128), TileRule.OF_CPUS).ofRows())
        .hasSize(62)
        .doesNotHaveDuplicates()
        .isSortedAccordingTo(Comparator.comparingInt(TileShape::tokens).reversed())
        .allMatch(shape -> shape.tokens() <= TileRule.OF_CPUS.tokens());
  }

  @Test
  void ofSequences_modelOf128Tokens_areOneOfEachLengthAndSeveralLongOnes() {
    assertThat(new ShapeClasses(new RowLengths(1, 128), TileRule.OF_CPUS).ofSequences())
        .hasSize(50)
        .isSortedAccordingTo(Comparator.comparingInt(TileShape::tokens).reversed())
        .doesNotHaveDuplicates()
        .startsWith(new TileShape(4, 128, 4), new TileShape(4, 128, 16))
        .contains(new TileShape(6, 80, 2), new TileShape(6, 80, 10))
        .contains(new TileShape(1, 48, 6), new TileShape(1, 16, 2))
        .doesNotContain(new TileShape(2, 64, 8));
  }

  @Test
  void ofSequences_longModel_hasSequencesForEachOfItsLengths() {
    assertThat(classes.ofSequences())
        .extracting(TileShape::length)
        .contains(16, 128, 160, 256, 384, 512);
    assertThat(classes.ofSequences())
        .contains(new TileShape(1, 512, 64), new TileShape(2, 256, 8), new TileShape(3, 160, 20));
  }

  @Test
  void ofSequences_tinyModel_isOneShape() {
    assertThat(new ShapeClasses(new RowLengths(1, 4), TileRule.OF_CPUS.atMost(4)).ofSequences())
        .containsExactly(new TileShape(1, 4, 1));
  }

  @Test
  void ofSequences_largeTiles_haveRoomForAsManyRowsAsTheRuleSays() {
    for (TileRule rule : List.of(TileRule.OF_GPUS, TileRule.OF_CPUS.atMost(8_192))) {
      List<TileShape> shapes = new ShapeClasses(new RowLengths(1, 128), rule).ofSequences();

      assertThat(shapes).hasSizeLessThan(80).allMatch(shape -> shape.rows() <= rule.slots());
      assertThat(shapes.get(0).sequences()).isEqualTo(64);
    }
  }
}
