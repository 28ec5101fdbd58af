package dev.bertserve.server.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

final class ConstantsTest {

  @Test
  void integers_packedBytes_areReadLittleEndian() {
    ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(7).putLong(-1).flip();
    GraphNode node =
        constant(
            TensorProto.newBuilder()
                .setDtype(DataType.DT_INT64)
                .setTensorShape(shape(2))
                .setTensorContent(ByteString.copyFrom(bytes)));

    assertThat(Constants.integers(node.output())).containsExactly(7, -1);
  }

  @Test
  void integers_oneValueForManyElements_isRepeated() {
    GraphNode node =
        constant(
            TensorProto.newBuilder()
                .setDtype(DataType.DT_INT32)
                .setTensorShape(shape(3))
                .addIntVal(5));

    assertThat(Constants.integers(node.output())).containsExactly(5, 5, 5);
  }

  @Test
  void integers_noValueAtAll_areZeros() {
    GraphNode node =
        constant(TensorProto.newBuilder().setDtype(DataType.DT_INT32).setTensorShape(shape(2)));

    assertThat(Constants.integers(node.output())).containsExactly(0, 0);
  }

  @Test
  void integer_arithmeticOnConstants_isComputed() {
    GraphNode sum = binary("AddV2", binary("Mul", constant(3), constant(4)), constant(1));
    GraphNode difference = binary("Sub", sum, constant(5));

    assertThat(Constants.integer(difference.output())).isEqualTo(8);
  }

  @Test
  void integers_pack_joinsItsParts() {
    GraphNode pack = new GraphNode("pack", "Pack");
    pack.inputs().addAll(List.of(constant(-1).output(), constant(128).output()));

    assertThat(Constants.integers(pack.output())).containsExactly(-1, 128);
  }

  @Test
  void integer_notConstant_namesTheNodeAndItsOp() {
    GraphNode node = new GraphNode("length", "Size");

    assertThatThrownBy(() -> Constants.integer(node.output()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("node length: Size (expected: a constant whole number)");
  }

  @Test
  void string_number_namesTheNode() {
    assertThatThrownBy(() -> Constants.string(constant(1).output()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage("node one: Const (expected: a constant text)");
  }

  private static GraphNode binary(String op, GraphNode left, GraphNode right) {
    GraphNode node = new GraphNode(op, op);
    node.inputs().addAll(List.of(left.output(), right.output()));
    return node;
  }

  private static GraphNode constant(int value) {
    return Constants.ofInt("one", value);
  }

  private static GraphNode constant(TensorProto.Builder value) {
    GraphNode node = new GraphNode("many", "Const");
    node.attributes().put("value", AttrValue.newBuilder().setTensor(value).build());
    return node;
  }

  private static TensorShapeProto shape(long size) {
    return TensorShapeProto.newBuilder()
        .addDim(TensorShapeProto.Dim.newBuilder().setSize(size))
        .build();
  }
}
