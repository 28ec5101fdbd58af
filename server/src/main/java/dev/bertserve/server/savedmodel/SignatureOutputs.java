package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** The outputs of a signature: numbers or texts, each row of one known shape. */
final class SignatureOutputs {

  /** Allowance for a text of which only the graph or the request may say more. */
  static final int UNKNOWN_TEXT_BYTES = 256;

  private SignatureOutputs() {}

  /** In alphabetical order, since the signature has none. */
  static List<OutputSpec> of(SignatureDef signature) {
    return of(signature, OptionalInt.empty());
  }

  /** The same, where a dimension that the signature leaves open is {@code openSize} long. */
  static List<OutputSpec> of(SignatureDef signature, OptionalInt openSize) {
    List<OutputSpec> outputs = new ArrayList<>();
    for (var output : new TreeMap<>(signature.getOutputsMap()).entrySet()) {
      TensorInfo tensor = output.getValue();
      TensorShapeProto shape = tensor.getTensorShape();
      ValueType type = SignatureInputs.type(tensor.getDtype());
      if (type == null) {
        throw new UnsupportedModelException(
            "output "
                + output.getKey()
                + ": "
                + tensor.getDtype()
                + " (expected: numbers, booleans or texts)");
      }
      if (shape.getUnknownRank() || shape.getDimCount() == 0) {
        throw new UnsupportedModelException(
            "output " + output.getKey() + ": no row dimension (expected: [rows, ...])");
      }
      List<Integer> rowShape = new ArrayList<>();
      for (TensorShapeProto.Dim dimension : shape.getDimList().subList(1, shape.getDimCount())) {
        if (dimension.getSize() < 1 && openSize.isEmpty()) {
          throw new UnsupportedModelException(
              "output " + output.getKey() + ": open dimension (expected: rows of one known shape)");
        }
        rowShape.add(
            dimension.getSize() < 1 ? openSize.getAsInt() : Math.toIntExact(dimension.getSize()));
      }
      outputs.add(
          new OutputSpec(
              output.getKey(),
              rowShape,
              type,
              type == ValueType.STRING ? UNKNOWN_TEXT_BYTES : 0,
              ""));
    }
    if (outputs.isEmpty()) {
      throw new UnsupportedModelException("signature: no outputs (expected: at least one)");
    }
    return outputs;
  }
}
