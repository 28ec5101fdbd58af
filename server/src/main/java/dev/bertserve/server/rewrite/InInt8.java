package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.NodeOutput;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Marks the products that run in 8 bits. Channels of GELU's output that are far larger than the
 * others are left out of them, and run as a narrow feed-forward part of their own, whose result is
 * added. Channels of a feed-forward part do not depend on each other, so this changes nothing else.
 */
final class InInt8 implements Pass {

  private final Calibration calibration;

  InInt8(Calibration calibration) {
    this.calibration = calibration;
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
    int products = 0;
    for (int i = 0; i < places.size(); i++) {
      Places.Place place = places.get(i);
      if (calibration.places().get(i).means().size() != place.width()) {
        throw new UnsupportedModelException(
            "calibration: another width of place " + i + " (expected: of this model)");
      }
      for (GraphNode product : place.products()) {
        product.attributes().put(Ops.PLACE, Match.number(i));
        products++;
      }
    }
    Match.replaceEach(graph, this::withFarChannels);
    return products;
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

  private @Nullable GraphNode withFarChannels(GraphNode sum) {
    for (int i = 0; i < sum.inputs().size(); i++) {
      GraphNode out = sum.input(i).node();
      GraphNode in = Ops.isQuantised(out) && isSumOf(sum, out) ? feedForwardIn(out) : null;
      if (in != null) {
        List<Integer> far = place(out).far();
        NodeOutput other = sum.input(1 - i);
        return far.isEmpty()
            ? null
            : sum(sum, out.output(), sum(sum, narrow(in, out, far), other).output());
      }
    }
    return null;
  }

  private Calibration.Place place(GraphNode dense) {
    return calibration.places().get(Math.toIntExact(dense.attribute(Ops.PLACE).getI()));
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
            constant(in.input(1), Channels.columns(LoweredWeights.of(in.input(1)), far)),
            constant(in.input(2), Channels.columns(LoweredWeights.of(in.input(2)), far)));
    GraphNode gelu = Match.node(Ops.GELU, out.input(0).node(), narrowIn.output());
    gelu.attributes().putAll(out.input(0).node().attributes());
    Weight bias = LoweredWeights.of(out.input(2));
    return dense(
            out,
            gelu.output(),
            constant(out.input(1), Channels.rows(LoweredWeights.of(out.input(1)), far)),
            constant(
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

  private static NodeOutput constant(NodeOutput origin, Weight weight) {
    return new GraphNode(origin.node().name(), weight).output();
  }
}
