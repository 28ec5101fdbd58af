package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;

/**
 * A kernel, [in, out], as signed 8-bit numbers with a scale for each output channel, and a bias
 * that takes off the mean error of the rounding.
 */
final class QuantisedKernel {

  /** The number that the largest magnitude of a channel becomes. */
  static final int LARGEST = 127;

  /** A channel of zeros has a scale too. */
  private static final float LEAST_PEAK = 1e-12f;

  private final Weight kernel;
  private final Calibration.Place place;
  private final float[] peaks;
  private final float[] bias;

  /**
   * Reads {@code kernel} once for the scales.
   *
   * @param place what the product reads
   */
  QuantisedKernel(Weight kernel, Weight bias, Calibration.Place place) {
    this.kernel = kernel;
    this.place = place;
    try {
      float[] floats = prepared();
      peaks = peaks(floats, Math.toIntExact(bias.count()));
      for (float peak : peaks) {
        // It is not finite if a value is not.
        FiniteWeights.requireFinite(peak);
      }
      this.bias = corrected(bias.floats(), floats);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bits of the 8-bit numbers. */
  Weight whole() {
    return Weight.ofBytes(kernel.shape(), () -> whole(prepared(), peaks));
  }

  /** The magnitude in each output channel that {@link #LARGEST} stands for. */
  Weight peaks() {
    return vector(peaks);
  }

  Weight correctedBias() {
    return vector(bias);
  }

  private static Weight vector(float[] values) {
    return Weight.computed(List.of((long) values.length), () -> values);
  }

  /** The kernel that quotients are multiplied by, without the channels that are not quantised. */
  private float[] prepared() throws IOException {
    float[] floats = kernel.floats();
    int out = Math.toIntExact(kernel.shape().get(1));
    List<Float> divisors = place.divisors();
    for (int row = 0; row < divisors.size(); row++) {
      float factor = divisors.get(row);
      for (int i = row * out; i < (row + 1) * out; i++) {
        floats[i] *= factor;
      }
    }
    for (int row : place.far()) {
      Arrays.fill(floats, row * out, (row + 1) * out, 0);
    }
    return floats;
  }

  private static float[] peaks(float[] floats, int out) {
    float[] peaks = new float[out];
    Arrays.fill(peaks, LEAST_PEAK);
    for (int start = 0; start < floats.length; start += out) {
      for (int channel = 0; channel < out; channel++) {
        peaks[channel] = Math.max(peaks[channel], Math.abs(floats[start + channel]));
      }
    }
    return peaks;
  }

  private float[] corrected(float[] corrected, float[] floats) {
    int out = corrected.length;
    double[] errors = new double[out];
    for (int row = 0; row < place.means().size(); row++) {
      float mean = place.means().get(row);
      for (int channel = 0; channel < out; channel++) {
        float exact = floats[row * out + channel];
        float peak = peaks[channel];
        errors[channel] += mean * (exact - rounded(exact, peak) * peak / LARGEST);
      }
    }
    for (int channel = 0; channel < out; channel++) {
      corrected[channel] += (float) errors[channel];
    }
    return corrected;
  }

  private static byte[] whole(float[] floats, float[] peaks) {
    byte[] whole = new byte[floats.length];
    for (int start = 0; start < floats.length; start += peaks.length) {
      for (int channel = 0; channel < peaks.length; channel++) {
        whole[start + channel] = (byte) rounded(floats[start + channel], peaks[channel]);
      }
    }
    return whole;
  }

  private static int rounded(float exact, float peak) {
    return (int) Math.rint(exact / peak * LARGEST);
  }
}
