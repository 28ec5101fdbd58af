package dev.bertserve.server.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RowShapesTest {

  private final RowShapes shapes =
      new RowShapes(
          List.of(
              new BatchShape(8, 16),
              new BatchShape(1, 16),
              new BatchShape(3, 40),
              new BatchShape(1, 40)));

  @Test
  void padded_rowsBetweenShapes_areThoseOfTheNextLarger() {
    assertThat(shapes.padded(1, 3)).isEqualTo(16);
    assertThat(shapes.padded(1, 16)).isEqualTo(16);
    assertThat(shapes.padded(2, 16)).isEqualTo(8 * 16);
    assertThat(shapes.padded(2, 17)).isEqualTo(3 * 40);
  }

  @Test
  void mostRows_ofALength_areThoseOfItsLargestShape() {
    assertThat(shapes.mostRows(16)).isEqualTo(8);
    assertThat(shapes.mostRows(17)).isEqualTo(3);
    assertThat(shapes.mostTokens(1_000)).isEqualTo(128);
  }

  @Test
  void rowLongerThanAnyShape_runsAloneUnpadded() {
    assertThat(shapes.mostRows(41)).isEqualTo(1);
    assertThat(shapes.padded(1, 41)).isEqualTo(41);
  }

  @Test
  void noShapes_padToTheLongest() {
    RowShapes none = new RowShapes(List.of());
    assertThat(none.mostRows(128)).isEqualTo(Integer.MAX_VALUE);
    assertThat(none.padded(64, 100)).isEqualTo(6_400);
    assertThat(none.mostTokens(1_000)).isEqualTo(1_000);
  }
}
