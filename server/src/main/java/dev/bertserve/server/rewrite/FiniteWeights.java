package dev.bertserve.server.rewrite;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tensorflow.proto.DataType;

/**
 * Rejects weights that are not finite. An 8-bit product would turn what they cause into finite
 * numbers, and nobody would notice.
 */
final class FiniteWeights {

  private FiniteWeights() {}

  /** Checks all float32 weights of {@code graph}. */
  static void require(FlatGraph graph) {
    graph.nodes().parallelStream().forEach(FiniteWeights::require);
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
