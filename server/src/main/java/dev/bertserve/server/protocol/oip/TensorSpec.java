package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ValueType;
import java.util.List;
import java.util.stream.Stream;

/**
 * An input or output as the model's metadata and configuration describe it.
 *
 * @param dims dimensions of one row, without that of the rows
 */
record TensorSpec(String name, ValueType type, List<Integer> dims, boolean isOptional) {

  /** A row of one value has {@code [1]}: perf_analyzer refuses inputs without dimensions. */
  static List<TensorSpec> inputs(ModelSignature signature) {
    return signature.inputs().stream()
        .map(
            input ->
                new TensorSpec(
                    input.name(),
                    input.type(),
                    input.rowShape().isEmpty() ? List.of(1) : input.rowShape(),
                    input.isOptional()))
        .toList();
  }

  /** The dimensions of any number of rows. */
  List<Integer> shape() {
    return Stream.concat(Stream.of(-1), dims.stream()).toList();
  }

  static List<TensorSpec> outputs(ModelSignature signature) {
    return signature.outputs().stream()
        .map(output -> new TensorSpec(output.name(), output.type(), output.rowShape(), false))
        .toList();
  }
}
