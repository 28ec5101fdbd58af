package dev.bertserve.server.tensorflow;

import java.util.HashMap;
import java.util.Map;
import org.tensorflow.proto.DeviceStepStats;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunMetadata;
import org.tensorflow.proto.TensorShapeProto;

/** How long each op of a graph took, over all runs that were traced. */
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

  /** Of the op called {@code name}, in one run, on the average; 0 if it was not seen. */
  double millis(String name) {
    return nanos.getOrDefault(name, 0L) / 1e6 / runs;
  }

  double allMillis() {
    return nanos.values().stream().mapToLong(Long::longValue).sum() / 1e6 / runs;
  }

  /** How many rows the matrix has that the op called {@code name} answers. */
  long rows(String name) {
    TensorShapeProto shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalStateException("op " + name + ": not traced (expected: its output)");
    }
    return shape.getDim(0).getSize();
  }
}
