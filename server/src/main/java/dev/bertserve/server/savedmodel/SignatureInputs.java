package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** The inputs of a signature: texts, and numbers or texts that only outputs need. */
final class SignatureInputs {

  /** Types of JSON's values that every dialect can read without rounding. */
  private static final Set<ValueType> TYPES =
      EnumSet.of(
          ValueType.STRING,
          ValueType.FLOAT,
          ValueType.DOUBLE,
          ValueType.INT32,
          ValueType.INT64,
          ValueType.BOOL);

  private SignatureInputs() {}

  /** {@code texts} in their order, then all other inputs in alphabetical order. */
  static List<InputSpec> of(SignatureDef signature, List<String> texts) {
    List<InputSpec> inputs = new ArrayList<>();
    for (String text : texts) {
      inputs.add(text(signature, text));
    }
    for (String name : new TreeSet<>(signature.getInputsMap().keySet())) {
      if (!texts.contains(name)) {
        inputs.add(of(signature, name));
      }
    }
    return inputs;
  }

  /** Input {@code name} as a text that becomes tokens. */
  static InputSpec text(SignatureDef signature, String name) {
    InputSpec input = of(signature, name);
    if (input.type() != ValueType.STRING) {
      throw new UnsupportedModelException(
          "input "
              + name
              + ": "
              + input.type().label()
              + " (expected: DT_STRING, or --vocabulary, or Hugging Face's tokenizer.json beside"
              + " the model, to make ids of text)");
    }
    if (input.rowSize() != 1) {
      throw new UnsupportedModelException(
          "input " + name + ": " + input.rowSize() + " texts in a row (expected: one text a row)");
    }
    return new InputSpec(name, input.rowShape(), input.type(), true);
  }

  /** Input {@code name} as values that only outputs need. */
  static InputSpec of(SignatureDef signature, String name) {
    TensorInfo tensor = signature.getInputsOrThrow(name);
    ValueType type = type(tensor.getDtype());
    if (type == null || !TYPES.contains(type)) {
      throw new UnsupportedModelException(
          "input " + name + ": " + tensor.getDtype() + " (expected: one of " + labels() + ")");
    }
    return new InputSpec(name, rowShape(tensor), type, false);
  }

  /** Dimensions of one row's values. */
  static List<Integer> rowShape(TensorInfo input) {
    List<TensorShapeProto.Dim> shape = input.getTensorShape().getDimList();
    List<Integer> rowShape = new ArrayList<>();
    for (TensorShapeProto.Dim dimension : shape.subList(Math.min(1, shape.size()), shape.size())) {
      // Exporters leave open how many texts a row has, and take one.
      rowShape.add(dimension.getSize() < 1 ? 1 : Math.toIntExact(dimension.getSize()));
    }
    return rowShape;
  }

  /** The type that TensorFlow calls {@code type}; null if there is none. */
  static @Nullable ValueType type(DataType type) {
    return ValueType.of(type.name());
  }

  private static List<String> labels() {
    return TYPES.stream().map(ValueType::label).toList();
  }
}
