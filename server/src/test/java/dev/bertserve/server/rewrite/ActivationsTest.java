package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.graph.UnsupportedModelException;
import org.junit.jupiter.api.Test;

final class ActivationsTest {

  /** Three tokens of two channels; the last one is padding. */
  private static final float[] VALUES = {1, -2, 3, 4, 99, 99};

  @Test
  void add_padding_isNotCounted() {
    Activations seen = new Activations(2, 1);
    seen.add(VALUES, 0, 2);

    assertThat(seen.peaks()).containsExactly(3, 4);
    assertThat(seen.means()).containsExactly(2, 1);
    assertThat(seen.samples()).containsExactly(1, -2, 3, 4);
  }

  @Test
  void add_manyTokens_keepsSomeOfThem() {
    Activations seen = new Activations(2, 2);
    seen.add(VALUES, 0, 3);

    assertThat(seen.samples()).containsExactly(1, -2, 99, 99);
  }

  @Test
  void add_anotherRun_isAsOneRun() {
    Activations first = new Activations(2, 1);
    Activations second = new Activations(2, 1);
    first.add(VALUES, 0, 1);
    second.add(VALUES, 1, 1);
    first.add(second);

    assertThat(first.peaks()).containsExactly(3, 4);
    assertThat(first.means()).containsExactly(2, 1);
    assertThat(first.samples()).containsExactly(1, -2, 3, 4);
  }

  @Test
  void add_notANumber_isRejected() {
    Activations seen = new Activations(2, 1);

    assertThatThrownBy(() -> seen.add(new float[] {1, Float.NaN}, 0, 1))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("NaN");
  }
}
