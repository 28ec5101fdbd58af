package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ChannelsTest {

  private static final Weight MATRIX =
      Weight.computed(List.of(2L, 3L), () -> new float[] {1, 2, 3, 4, 5, 6});

  @Test
  void columns_matrix_keepsTheirOrder() throws IOException {
    Weight picked = Channels.columns(MATRIX, List.of(0, 2));

    assertThat(picked.shape()).containsExactly(2L, 2L);
    assertThat(picked.floats()).containsExactly(1, 3, 4, 6);
  }

  @Test
  void columns_vector_picksElements() throws IOException {
    Weight vector = Weight.computed(List.of(3L), () -> new float[] {7, 8, 9});

    assertThat(Channels.columns(vector, List.of(1)).floats()).containsExactly(8);
  }

  @Test
  void rows_matrix_areWhole() throws IOException {
    Weight picked = Channels.rows(MATRIX, List.of(1));

    assertThat(picked.shape()).containsExactly(1L, 3L);
    assertThat(picked.floats()).containsExactly(4, 5, 6);
  }
}
