package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class QuantisedKernelTest {

  private static final Offset<Float> EXACT = within(1e-6f);
  private static final List<Float> NONE = List.of();

  @Test
  void whole_eachChannel_isInUnitsOfItsOwnPeak() throws IOException {
    QuantisedKernel kernel = kernel(place(NONE, NONE, List.of()), 1, 0, -0.5f, 0.002f);

    assertThat(whole(kernel)).containsExactly(127, 0, -64, 127);
    assertThat(kernel.peaks().floats()).containsExactly(1, 0.002f);
  }

  @Test
  void whole_channelOfZeros_isZero() throws IOException {
    QuantisedKernel kernel = kernel(place(NONE, NONE, List.of()), 1, 0, 1, 0);

    assertThat(whole(kernel)).containsExactly(127, 0, 127, 0);
    assertThat(kernel.peaks().floats()[1]).isPositive();
  }

  @Test
  void whole_dividedActivations_multipliesTheirWeights() throws IOException {
    QuantisedKernel kernel = kernel(place(NONE, List.of(4f, 0.5f), List.of()), 1, 1, 1, 1);

    assertThat(kernel.peaks().floats()).containsExactly(4, 4);
    assertThat(whole(kernel)).containsExactly(127, 127, 16, 16);
  }

  @Test
  void whole_farChannel_isLeftOut() throws IOException {
    QuantisedKernel kernel = kernel(place(NONE, NONE, List.of(0)), 100, 100, 1, 2);

    assertThat(whole(kernel)).containsExactly(0, 0, 127, 127);
    assertThat(kernel.peaks().floats()).containsExactly(1, 2);
  }

  @Test
  void correctedBias_roundedWeights_takesOffTheirMeanError() throws IOException {
    QuantisedKernel kernel = kernel(place(List.of(1f, 10f), NONE, List.of()), 1, 1, 0.5f, 1);

    float error = 0.5f - 64f / 127;
    assertThat(kernel.correctedBias().floats()[0]).isCloseTo(0.25f + 10 * error, EXACT);
    assertThat(kernel.correctedBias().floats()[1]).isCloseTo(0.25f, EXACT);
  }

  @Test
  void new_weightIsNotANumber_isRejected() {
    Calibration.Place place = place(NONE, NONE, List.of());

    assertThatThrownBy(() -> kernel(place, 1, Float.NaN, 1, 1))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("a weight is NaN (expected: finite numbers)");
  }

  /** A kernel of two rows and two columns, row by row. */
  private static QuantisedKernel kernel(Calibration.Place place, float... values) {
    return new QuantisedKernel(
        Weight.computed(List.of(2L, 2L), values::clone),
        Weight.computed(List.of(2L), () -> new float[] {0.25f, 0.25f}),
        place);
  }

  private static Calibration.Place place(
      List<Float> means, List<Float> divisors, List<Integer> far) {
    return new Calibration.Place(-1, 1, means, divisors, far);
  }

  private static int[] whole(QuantisedKernel kernel) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    kernel.whole().read((chunk, length) -> bytes.write(chunk, 0, length));
    int[] whole = new int[bytes.size()];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = bytes.toByteArray()[i];
    }
    return whole;
  }
}
