package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.UnsupportedModelException;
import java.util.Arrays;

/** What was seen of one tensor, [tokens, width]: peaks and means of channels, and some tokens. */
public final class Activations {

  private final int width;
  private final int sampleEvery;
  private final float[] peaks;
  private final double[] sums;
  private float[] samples = new float[0];
  private int sampled;
  private int tokens;

  /** Keeps one token of {@code sampleEvery}. */
  public Activations(int width, int sampleEvery) {
    this.width = width;
    this.sampleEvery = sampleEvery;
    peaks = new float[width];
    sums = new double[width];
  }

  /** Adds {@code count} tokens of {@code values}, from token {@code first} on. */
  public void add(float[] values, int first, int count) {
    for (int token = first; token < first + count; token++) {
      int start = token * width;
      for (int channel = 0; channel < width; channel++) {
        float value = values[start + channel];
        if (!Float.isFinite(value)) {
          throw new UnsupportedModelException(
              "calibration: an activation is " + value + " (expected: finite numbers)");
        }
        peaks[channel] = Math.max(peaks[channel], Math.abs(value));
        sums[channel] += value;
      }
      if (tokens % sampleEvery == 0) {
        keep(values, start);
      }
      tokens++;
    }
  }

  /** Adds what {@code other} has seen. */
  public void add(Activations other) {
    for (int channel = 0; channel < width; channel++) {
      peaks[channel] = Math.max(peaks[channel], other.peaks[channel]);
      sums[channel] += other.sums[channel];
    }
    for (int start = 0; start < other.sampled; start += width) {
      keep(other.samples, start);
    }
    tokens += other.tokens;
  }

  private void keep(float[] values, int start) {
    if (sampled + width > samples.length) {
      samples = Arrays.copyOf(samples, Math.max(2 * samples.length, 16 * width));
    }
    System.arraycopy(values, start, samples, sampled, width);
    sampled += width;
  }

  int width() {
    return width;
  }

  /** Largest magnitude of each channel. */
  float[] peaks() {
    return peaks.clone();
  }

  float[] means() {
    float[] means = new float[width];
    for (int channel = 0; channel < width; channel++) {
      means[channel] = (float) (sums[channel] / Math.max(1, tokens));
    }
    return means;
  }

  /** The kept tokens, one after the other. */
  float[] samples() {
    return Arrays.copyOf(samples, sampled);
  }
}
