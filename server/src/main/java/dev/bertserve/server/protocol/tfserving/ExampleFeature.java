package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * A feature of an example.
 *
 * @param kind of its list: STRING, FLOAT or INT64
 * @param count number of its values
 * @param values as JSON writes them; perhaps fewer, if there are not as many as the input needs
 */
record ExampleFeature(ValueType kind, int count, List<String> values) {

  /** The features of {@code example} that are {@code inputs}, in their order; null for none. */
  static @Nullable ExampleFeature[] of(Example example, List<InputSpec> inputs) {
    @Nullable ExampleFeature[] features = new @Nullable ExampleFeature[inputs.size()];
    for (int i = 0; i < features.length; i++) {
      InputSpec input = inputs.get(i);
      features[i] = of(example.getFeatures().getFeatureMap().get(input.name()), input.rowSize());
    }
    return features;
  }

  private static @Nullable ExampleFeature of(@Nullable Feature feature, int wanted) {
    if (feature == null) {
      return null;
    }
    return switch (feature.getKindCase()) {
      case BYTES_LIST ->
          of(
              ValueType.STRING,
              feature.getBytesList().getValueCount(),
              wanted,
              i -> TensorValues.text(feature.getBytesList().getValue(i)));
      case FLOAT_LIST ->
          of(
              ValueType.FLOAT,
              feature.getFloatList().getValueCount(),
              wanted,
              i -> Float.toString(feature.getFloatList().getValue(i)));
      case INT64_LIST ->
          of(
              ValueType.INT64,
              feature.getInt64List().getValueCount(),
              wanted,
              i -> Long.toString(feature.getInt64List().getValue(i)));
      case KIND_NOT_SET -> null;
    };
  }

  private static ExampleFeature of(
      ValueType kind, int count, int wanted, IntFunction<String> value) {
    List<String> values = new ArrayList<>();
    for (int i = 0; count == wanted && i < count; i++) {
      values.add(value.apply(i));
    }
    return new ExampleFeature(kind, count, values);
  }

  /** Whether an input of {@code type} takes it; integers may be floats, and 0 is false. */
  boolean fits(ValueType type) {
    return switch (kind) {
      case STRING -> type == ValueType.STRING;
      case FLOAT -> type.isReal();
      default -> type != ValueType.STRING;
    };
  }
}
