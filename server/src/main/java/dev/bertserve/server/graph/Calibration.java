package dev.bertserve.server.graph;

import java.util.List;

/**
 * What a few texts tell of the activations that 8-bit products read.
 *
 * @param places the tensors that they read, in the order in which the graph computes them; none if
 *     the graph was not calibrated
 */
public record Calibration(List<Place> places) {

  /** For a graph that was not calibrated. */
  public static final Calibration NONE = new Calibration(List.of());

  public Calibration {
    places = List.copyOf(places);
  }

  /** Whether no products can be quantised by it. */
  public boolean isEmpty() {
    return places.isEmpty();
  }

  /**
   * One tensor, [tokens, width].
   *
   * @param low value that 0 stands for, not above 0
   * @param high value that 255 stands for, above 0
   * @param means mean of each channel
   * @param divisors what each channel is divided by before it is quantised; none if by nothing.
   *     {@code low}, {@code high} and {@code means} are of the quotients
   * @param far channels that are not quantised, since their values are far larger than the others'
   */
  public record Place(
      float low, float high, List<Float> means, List<Float> divisors, List<Integer> far) {

    public Place {
      if (!(low <= 0 && high > 0)) {
        throw new IllegalArgumentException(
            "low, high: " + low + ", " + high + " (expected: low <= 0 < high)");
      }
      means = List.copyOf(means);
      divisors = List.copyOf(divisors);
      far = List.copyOf(far);
    }
  }
}
