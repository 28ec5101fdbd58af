package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.graph.Weight;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A variable of texts, such as a model's labels, as a constant. A checkpoint has the length of each
 * text, a checksum of the lengths, and the texts. Source: WriteStringTensor in
 * tensorflow/core/util/tensor_bundle/tensor_bundle.cc.
 */
final class TextVariable {

  private static final int CHECKSUM_BYTES = 4;

  private TextVariable() {}

  static GraphNode constant(String name, Weight variable) throws IOException {
    ByteArrayOutputStream stored = new ByteArrayOutputStream();
    variable.read((bytes, length) -> stored.write(bytes, 0, length));
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING);
    TensorShapeProto.Builder shape = tensor.getTensorShapeBuilder();
    variable.shape().forEach(size -> shape.addDimBuilder().setSize(size));
    try {
      CodedInputStream in = CodedInputStream.newInstance(stored.toByteArray());
      int[] lengths = new int[Math.toIntExact(variable.count())];
      for (int i = 0; i < lengths.length; i++) {
        lengths[i] = Math.toIntExact(in.readUInt64());
      }
      in.skipRawBytes(CHECKSUM_BYTES);
      for (int length : lengths) {
        tensor.addStringVal(ByteString.copyFrom(in.readRawBytes(length)));
      }
    } catch (IOException | ArithmeticException e) {
      throw new UnsupportedModelException(
          "variable " + name + ": " + e.getMessage() + " (expected: undamaged texts)", e);
    }
    GraphNode constant = new GraphNode(name, "Const");
    constant.setType("dtype", DataType.DT_STRING);
    constant.attributes().put("value", AttrValue.newBuilder().setTensor(tensor).build());
    return constant;
  }
}
