package dev.bertserve.server.tensorflow;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.TensorShapeProto;

/** Times of the ops of a graph, over all traced runs. */
final class OpTimes {

  private final Map<String, Long> nanos = new HashMap<>();
  private final Map<String, TensorShapeProto> shapes = new HashMap<>();
  private int runs;

  void add(RunMetadata metadata) {
    runs++;
    for (DeviceStepStats device : metadata.getStepStats().getDevStatsList()) {
      for (NodeExecStats op : device.getNodeStatsList()) {
        nanos.merge(op.getNodeName(), op.getOpEndRelNanos() - op.getOpStartRelNanos(), Long::sum);
        if (op.getOutputCount() > 0) {
          shapes.put(op.getNodeName(), op.getOutput(0).getTensorDescription().getShape());
        }
      }
    }
  }

  void add(OpTimes other) {
    runs += other.runs;
    other.nanos.forEach((name, more) -> nanos.merge(name, more, Long::sum));
    shapes.putAll(other.shapes);
  }

  /** Mean time of op {@code name} in one run; 0 if it was not traced. */
  double millis(String name) {
    return nanos.getOrDefault(name, 0L) / 1e6 / runs;
  }

  double allMillis() {
    return nanos.values().stream().mapToLong(Long::longValue).sum() / 1e6 / runs;
  }

  /** Number of rows of the output matrix of op {@code name}. */
  long rows(String name) {
    TensorShapeProto shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalStateException("op " + name + ": not traced (expected: its output)");
    }
    return shape.getDim(0).getSize();
  }
}
