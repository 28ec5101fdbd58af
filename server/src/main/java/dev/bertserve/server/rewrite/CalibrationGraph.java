package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.NodeOutput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.tensorflow.proto.DataType;

/** An encoder whose outputs are what products read that can run in 8 bits. */
public final class CalibrationGraph {

  /** More far channels than this gain nothing. */
  private static final int MAX_FAR = 16;

  /** Of a narrow feed-forward part, fewer channels run apart. */
  private static final int CHANNELS_PER_FAR = 16;

  private final FlatGraph graph;
  private final List<Places.Place> places;

  CalibrationGraph(FlatGraph recognised) {
    graph = recognised.copy();
    places = Places.in(graph);
  }

  /** Width of each output. */
  public List<Integer> widths() {
    return places.stream().map(Places.Place::width).toList();
  }

  /** Whether output {@code index} holds the first token of each row only. */
  public boolean isOfFirstTokens(int index) {
    return places.get(index).isFirstOnly();
  }

  /** Name of output {@code index}. */
  public static String output(int index) {
    return "place " + index;
  }

  /**
   * The graph in TensorFlow's ops, in float32. Output {@code i} is [..., width i], per token or
   * first token.
   */
  public FlatGraph lower(Target target) {
    Map<String, NodeOutput> outputs = new LinkedHashMap<>();
    for (int i = 0; i < places.size(); i++) {
      outputs.put(output(i), places.get(i).tensor());
    }
    return Lowering.lower(new FlatGraph(outputs), DataType.DT_FLOAT, target);
  }

  /**
   * Chooses how each place rounds.
   *
   * @param seen what the outputs were for some texts, in their order
   */
  public Calibration calibrate(List<Activations> seen) {
    return new Calibration(
        IntStream.range(0, places.size())
            .parallel()
            .mapToObj(i -> place(places.get(i), seen.get(i)))
            .toList());
  }

  private Calibration.Place place(Places.Place place, Activations seen) {
    List<Float> divisors =
        place.isNormalised() ? listOf(new Smoothing(place, seen).divisors()) : List.of();
    List<Integer> far =
        Match.is(place.tensor(), Ops.GELU) && InInt8.canRunApart(place, graph)
            ? far(seen.peaks())
            : List.of();
    float[] means = seen.means();
    List<Float> meansOfQuotients = new ArrayList<>();
    for (int channel = 0; channel < means.length; channel++) {
      meansOfQuotients.add(
          divisors.isEmpty() ? means[channel] : means[channel] / divisors.get(channel));
    }
    LeastSquareRange range = LeastSquareRange.of(near(seen, divisors, far));
    return new Calibration.Place(range.low(), range.high(), meansOfQuotients, divisors, far);
  }

  /** The channels with the highest peaks, in ascending order. */
  private static List<Integer> far(float[] peaks) {
    return IntStream.range(0, peaks.length)
        .boxed()
        .sorted(Comparator.comparing((Integer channel) -> -peaks[channel]))
        .limit(Math.min(MAX_FAR, peaks.length / CHANNELS_PER_FAR))
        .sorted()
        .toList();
  }

  private static List<Float> listOf(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  /** The quotients that were seen of all channels but {@code far}. */
  private static float[] near(Activations seen, List<Float> divisors, List<Integer> far) {
    float[] samples = seen.samples();
    int width = seen.width();
    for (int start = 0; start < samples.length; start += width) {
      for (int channel = 0; channel < divisors.size(); channel++) {
        samples[start + channel] /= divisors.get(channel);
      }
      for (int channel : far) {
        samples[start + channel] = 0;
      }
    }
    return samples;
  }
}
