package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.GraphNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds what channels are divided by, and their weights multiplied by, before both are rounded.
 * Channels with large activations get large divisors, as in SmoothQuant. How large is the one
 * question: it moves error from activations to weights. Of a few answers, the one with the least
 * expected square error of the products is taken.
 */
final class Smoothing {

  private static final double[] STRENGTHS = {0.4, 0.5, 0.6, 0.7, 0.8};
  private static final double LEAST_WEIGHT = 1e-6;
  private static final double LEAST_PEAK = 1e-3;

  /** Variance of a rounding error, in squared steps. */
  private static final double ROUNDING = 1.0 / 12;

  private final Activations seen;
  private final float[] samples;
  private final List<float[]> kernels = new ArrayList<>();

  /** Reads the kernels of the products of {@code place}. */
  Smoothing(Places.Place place, Activations seen) {
    this.seen = seen;
    samples = seen.samples();
    try {
      for (GraphNode product : place.products()) {
        kernels.add(LoweredWeights.of(product.input(1)).floats());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  float[] divisors() {
    float[] rowPeaks = rowPeaks();
    float[] best = {};
    double least = Double.POSITIVE_INFINITY;
    for (double strength : STRENGTHS) {
      float[] divisors = divisors(strength, rowPeaks);
      double error = ofActivations(divisors) + ofWeights(divisors);
      if (error < least) {
        least = error;
        best = divisors;
      }
    }
    return best;
  }

  /** Largest magnitude of each row of the kernels. */
  private float[] rowPeaks() {
    float[] peaks = new float[seen.width()];
    for (float[] kernel : kernels) {
      int out = kernel.length / peaks.length;
      for (int i = 0; i < kernel.length; i++) {
        peaks[i / out] = Math.max(peaks[i / out], Math.abs(kernel[i]));
      }
    }
    return peaks;
  }

  private float[] divisors(double strength, float[] rowPeaks) {
    float[] peaks = seen.peaks();
    double[] raw = new double[peaks.length];
    double sumOfLogs = 0;
    for (int channel = 0; channel < peaks.length; channel++) {
      raw[channel] =
          Math.pow(Math.max(peaks[channel], LEAST_PEAK), strength)
              / Math.pow(Math.max(rowPeaks[channel], LEAST_WEIGHT), 1 - strength);
      sumOfLogs += Math.log(raw[channel]);
    }
    double mean = Math.exp(sumOfLogs / peaks.length);
    float[] divisors = new float[peaks.length];
    for (int channel = 0; channel < peaks.length; channel++) {
      divisors[channel] = (float) (raw[channel] / mean);
    }
    return divisors;
  }

  /** Square error of the products of one token, for the rounding of activations. */
  private double ofActivations(float[] divisors) {
    float[] quotients = samples.clone();
    for (int i = 0; i < quotients.length; i++) {
      quotients[i] /= divisors[i % divisors.length];
    }
    double weights = 0;
    for (float[] kernel : kernels) {
      int out = kernel.length / divisors.length;
      for (int channel = 0; channel < divisors.length; channel++) {
        double squares = 0;
        for (int i = channel * out; i < (channel + 1) * out; i++) {
          squares += kernel[i] * kernel[i];
        }
        weights += squares * divisors[channel] * divisors[channel];
      }
    }
    return LeastSquareRange.of(quotients).meanSquareError(quotients) * weights;
  }

  /** The same for the rounding of weights, without the mean, which the bias takes off. */
  private double ofWeights(float[] divisors) {
    float[] means = seen.means();
    double activations = 0;
    for (int i = 0; i < samples.length; i++) {
      int channel = i % divisors.length;
      double quotient = (samples[i] - means[channel]) / divisors[channel];
      activations += quotient * quotient;
    }
    activations /= Math.max(1, samples.length / divisors.length);
    double steps = 0;
    for (float[] kernel : kernels) {
      float[] peaks = new float[kernel.length / divisors.length];
      for (int i = 0; i < kernel.length; i++) {
        int column = i % peaks.length;
        peaks[column] = Math.max(peaks[column], Math.abs(kernel[i]) * divisors[i / peaks.length]);
      }
      for (float peak : peaks) {
        double step = peak / QuantisedKernel.LARGEST;
        steps += step * step;
      }
    }
    return activations * steps * ROUNDING;
  }
}
