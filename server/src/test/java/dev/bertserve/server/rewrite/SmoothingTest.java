package dev.bertserve.server.rewrite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.Weight;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SmoothingTest {

  private static final int WIDTH = 8;
  private static final int TOKENS = 200;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);

  @Test
  void divisors_oneLargeChannel_isDividedMost() {
    float[] divisors = divisors(3, 50, weights());

    assertThat(divisors).as("seed %d", seed).hasSize(WIDTH);
    for (int channel = 0; channel < WIDTH; channel++) {
      if (channel != 3) {
        assertThat(divisors[3]).as("seed %d", seed).isGreaterThan(2 * divisors[channel]);
      }
    }
  }

  @Test
  void divisors_anyChannels_haveAMeanOfOne() {
    double product = 1;
    for (float divisor : divisors(0, 20, weights())) {
      product *= divisor;
    }

    assertThat(product).as("seed %d", seed).isCloseTo(1, within(1e-3));
  }

  @Test
  void divisors_channelsWithoutWeightsOrValues_areFinite() {
    for (float divisor : divisors(2, 0, new float[WIDTH * 2])) {
      assertThat(divisor).isFinite().isPositive();
    }
  }

  /** The divisors of normal values, those of {@code channel} multiplied by {@code factor}. */
  private float[] divisors(int channel, float factor, float[] kernel) {
    float[] values = new float[TOKENS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * (i % WIDTH == channel ? factor : 1);
    }
    Activations seen = new Activations(WIDTH, 1);
    seen.add(values, 0, TOKENS);
    GraphNode product = new GraphNode("product", Ops.DENSE);
    NodeOutput x = new GraphNode("x", "Placeholder").output();
    Weight weight =
        Weight.computed(List.of((long) WIDTH, (long) kernel.length / WIDTH), kernel::clone);
    product.inputs().addAll(List.of(x, new GraphNode("kernel", weight).output()));
    return new Smoothing(new Places.Place(x, List.of(product), Places.Reader.FEED_FORWARD), seen)
        .divisors();
  }

  private static float[] weights() {
    float[] kernel = new float[WIDTH * 4];
    Arrays.fill(kernel, 0.1f);
    return kernel;
  }
}
