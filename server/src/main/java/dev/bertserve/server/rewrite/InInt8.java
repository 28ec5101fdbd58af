package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rounds the kernels of the products that run in 8 bits. Channels of GELU's output that are far
 * larger than the others are left out of them, and run as a narrow feed-forward part of their own,
 * whose result is added. Channels of a feed-forward part do not depend on each other, so this
 * changes nothing else.
 */
final class InInt8 implements Pass {

  private final Calibration calibration;
  private final Int8Scope scope;

  InInt8(Calibration calibration, Int8Scope scope) {
    this.calibration = calibration;
    this.scope = scope;
  }

  @Override
  public String name() {
    return "in 8 bits";
  }

  @Override
  public int apply(FlatGraph graph) {
    List<Places.Place> places = Places.in(graph);
    if (places.size() != calibration.places().size()) {
      throw new UnsupportedModelException(
          "calibration: "
              + calibration.places().size()
              + " places (expected: "
              + places.size()
              + ", of this model)");
    }
    Map<GraphNode, Calibration.Place> byProduct = new LinkedHashMap<>();
    for (int i = 0; i < places.size(); i++) {
      Calibration.Place calibrated = calibration.places().get(i);
      if (calibrated.means().size() != places.get(i).width()) {
        throw new UnsupportedModelException(
            "calibration: another width of place " + i + " (expected: of this model)");
      }
      if (scope.rounds(places.get(i))) {
        places.get(i).products().forEach(product -> byProduct.put(product, calibrated));
      }
    }
    // The float32 kernels of far channels are taken before the kernels are rounded.
    Match.replaceEach(graph, sum -> withFarChannels(sum, byProduct));
    byProduct.entrySet().parallelStream()
        .forEach(product -> quantise(product.getKey(), product.getValue()));
    return byProduct.size();
  }

  /** Scales and biases are computed at once, kernels when they are read. */
  private static void quantise(GraphNode dense, Calibration.Place place) {
    QuantisedKernel kernel =
        new QuantisedKernel(
            LoweredWeights.of(dense.input(1)), LoweredWeights.of(dense.input(2)), place);
    dense.inputs().set(1, Match.constant(dense.input(1), kernel.whole()));
    dense.inputs().set(2, Match.constant(dense.input(2), kernel.correctedBias()));
    dense.inputs().add(Match.constant(dense.input(1), kernel.peaks()));
    if (!place.divisors().isEmpty()) {
      dense.inputs().add(Match.constant(dense.input(1), reciprocals(place.divisors())));
    }
    dense.attributes().put(Ops.LOW, Match.number(place.low()));
    dense.attributes().put(Ops.HIGH, Match.number(place.high()));
  }

  private static Weight reciprocals(List<Float> divisors) {
    return Weight.computed(
        List.of((long) divisors.size()),
        () -> {
          float[] reciprocals = new float[divisors.size()];
          for (int i = 0; i < reciprocals.length; i++) {
            reciprocals[i] = 1 / divisors.get(i);
          }
          return reciprocals;
        });
  }

  @Override
  public int missedIn(FlatGraph graph) {
    return 0;
  }

  /** Whether the channels of {@code place} can run apart, given its only reader. */
  static boolean canRunApart(Places.Place place, FlatGraph graph) {
    return place.products().size() == 1
        && graph.nodes().stream().anyMatch(node -> isSumOf(node, place.products().get(0)));
  }

  private static boolean isSumOf(GraphNode node, GraphNode dense) {
    return node.is("AddV2")
        && TokenTensor.is(node.output())
        && node.inputs().stream().anyMatch(input -> input.node() == dense)
        && feedForwardIn(dense) != null;
  }

  /** The product before the GELU that {@code dense} reads; null if there is none. */
  private static @Nullable GraphNode feedForwardIn(GraphNode dense) {
    GraphNode gelu = dense.input(0).node();
    return gelu.is(Ops.GELU) && gelu.input(0).node().is(Ops.DENSE) ? gelu.input(0).node() : null;
  }

  private static @Nullable GraphNode withFarChannels(
      GraphNode sum, Map<GraphNode, Calibration.Place> byProduct) {
    for (int i = 0; i < sum.inputs().size(); i++) {
      GraphNode out = sum.input(i).node();
      Calibration.Place place = byProduct.get(out);
      GraphNode in = place != null && isSumOf(sum, out) ? feedForwardIn(out) : null;
      if (place != null && in != null) {
        List<Integer> far = place.far();
        NodeOutput other = sum.input(1 - i);
        return far.isEmpty()
            ? null
            : sum(sum, out.output(), sum(sum, narrow(in, out, far), other).output());
      }
    }
    return null;
  }

  private static GraphNode sum(GraphNode origin, NodeOutput left, NodeOutput right) {
    GraphNode sum = Match.node("AddV2", origin, left, right);
    sum.attributes().putAll(origin.attributes());
    return sum;
  }

  /** The feed-forward part of the channels {@code far}, without the bias of the sum. */
  private static NodeOutput narrow(GraphNode in, GraphNode out, List<Integer> far) {
    GraphNode narrowIn =
        dense(
            in,
            in.input(0),
            Match.constant(in.input(1), Channels.columns(LoweredWeights.of(in.input(1)), far)),
            Match.constant(in.input(2), Channels.columns(LoweredWeights.of(in.input(2)), far)));
    GraphNode gelu = Match.node(Ops.GELU, out.input(0).node(), narrowIn.output());
    gelu.attributes().putAll(out.input(0).node().attributes());
    Weight bias = LoweredWeights.of(out.input(2));
    return dense(
            out,
            gelu.output(),
            Match.constant(out.input(1), Channels.rows(LoweredWeights.of(out.input(1)), far)),
            Match.constant(
                out.input(2),
                Weight.computed(bias.shape(), () -> new float[Math.toIntExact(bias.count())])))
        .output();
  }

  private static GraphNode dense(
      GraphNode origin, NodeOutput x, NodeOutput kernel, NodeOutput bias) {
    GraphNode dense = Match.node(Ops.DENSE, origin, x, kernel, bias);
    dense.attributes().put(Ops.HEADS, Match.number(0L));
    return dense;
  }
}
