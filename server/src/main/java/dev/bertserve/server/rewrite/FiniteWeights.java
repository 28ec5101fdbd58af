package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;
import java.util.stream.Collectors;
import org.tensorflow.proto.DataType;

/**
 * Rejects weights that are not finite. An 8-bit product would turn what they cause into finite
 * numbers, and nobody would notice.
 */
final class FiniteWeights {

  private FiniteWeights() {}

  /** Checks all weights of {@code graph} but the kernels of quantised products. */
  static void require(FlatGraph graph) {
    Set<GraphNode> kernels =
        graph.nodes().stream()
            .filter(Ops::isQuantised)
            .map(dense -> dense.input(1).node())
            .collect(Collectors.toSet());
    graph.nodes().parallelStream()
        .filter(node -> !kernels.contains(node))
        .forEach(FiniteWeights::require);
  }

  private static void require(GraphNode node) {
    Weight weight = node.weight();
    if (weight == null || weight.type() != DataType.DT_FLOAT) {
      return;
    }
    try {
      weight.read(
          (chunk, length) -> {
            ByteBuffer values = ByteBuffer.wrap(chunk, 0, length).order(ByteOrder.LITTLE_ENDIAN);
            while (values.hasRemaining()) {
              requireFinite(values.getFloat());
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void requireFinite(float value) {
    if (!Float.isFinite(value)) {
      throw new UnsupportedModelException("a weight is " + value + " (expected: finite numbers)");
    }
  }
}
