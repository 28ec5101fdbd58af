package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operation;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.ByteDataBuffer;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;
import org.tensorflow.types.family.TType;

/**
 * The weights of one graph. A small weight is a constant; a large one is a variable that is filled
 * once, since a session copies constants several times.
 */
final class WeightVariables {

  private static final long MAX_CONSTANT_VALUES = 4_096;

  private final Graph graph;
  private final List<Variable> variables = new ArrayList<>();

  /** The placeholder for the values of {@code weight}, and the op that assigns them. */
  private record Variable(Weight weight, Output<?> values, Operation assignment) {}

  WeightVariables(Graph graph) {
    this.graph = graph;
  }

  /** Adds the op {@code name}, whose output is {@code weight}. */
  GraphOperation add(String name, Weight weight) throws IOException {
    if (weight.count() <= MAX_CONSTANT_VALUES) {
      try (Tensor tensor = tensor(weight)) {
        return graph
            .opBuilder("Const", name, graph.baseScope())
            .setAttr("dtype", weight.type())
            .setAttr("value", tensor)
            .build();
      }
    }
    Output<?> handle =
        graph
            .opBuilder("VarHandleOp", name + "/variable", graph.baseScope())
            .setAttr("dtype", weight.type())
            .setAttr("shape", shape(weight))
            .setAttr("shared_name", name)
            .build()
            .output(0);
    Output<?> values =
        graph
            .opBuilder("Placeholder", name + "/values", graph.baseScope())
            .setAttr("dtype", weight.type())
            .setAttr("shape", shape(weight))
            .build()
            .output(0);
    GraphOperation assignment =
        graph
            .opBuilder("AssignVariableOp", name + "/assignment", graph.baseScope())
            .addInput(handle)
            .addInput(values)
            .build();
    variables.add(new Variable(weight, values, assignment));
    return graph
        .opBuilder("ReadVariableOp", name, graph.baseScope())
        .addInput(handle)
        .setAttr("dtype", weight.type())
        .build();
  }

  /** Reads the weights and assigns them to the variables of {@code session}. */
  void fill(Session session) throws IOException {
    if (variables.isEmpty()) {
      return;
    }
    Tensor[] values = new Tensor[variables.size()];
    try {
      // Weights are read and rounded in parallel, since this is most of the time of a start.
      IntStream.range(0, values.length)
          .parallel()
          .forEach(i -> values[i] = readTensor(variables.get(i).weight()));
      Session.Runner runner = session.runner();
      for (int i = 0; i < values.length; i++) {
        runner.feed(variables.get(i).values(), values[i]).addTarget(variables.get(i).assignment());
      }
      runner.run().close();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    } finally {
      for (Tensor tensor : values) {
        if (tensor != null) {
          tensor.close();
        }
      }
    }
  }

  private static Tensor readTensor(Weight weight) {
    try {
      return tensor(weight);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Shape shape(Weight weight) {
    return Shape.of(weight.shape().stream().mapToLong(Long::longValue).toArray());
  }

  private static Tensor tensor(Weight weight) throws IOException {
    Tensor tensor = Tensor.of(type(weight.type()), shape(weight));
    ByteDataBuffer values = tensor.asRawTensor().data();
    long[] written = {0};
    weight.read(
        (piece, length) -> {
          values.offset(written[0]).write(piece, 0, length);
          written[0] += length;
        });
    return tensor;
  }

  private static Class<? extends TType> type(DataType type) {
    return switch (type) {
      case DT_FLOAT -> TFloat32.class;
      case DT_DOUBLE -> TFloat64.class;
      case DT_HALF -> TFloat16.class;
      case DT_BFLOAT16 -> TBfloat16.class;
      case DT_INT32 -> TInt32.class;
      case DT_INT64 -> TInt64.class;
      case DT_UINT8 -> TUint8.class;
      case DT_BOOL -> TBool.class;
      default ->
          throw new UnsupportedModelException(
              "checkpoint: a weight of "
                  + type
                  + " (expected: a type that TensorFlow for Java has)");
    };
  }
}
