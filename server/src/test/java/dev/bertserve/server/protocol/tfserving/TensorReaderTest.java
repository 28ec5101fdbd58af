package dev.bertserve.server.protocol.tfserving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

class TensorReaderTest {

  private static final List<Integer> PAIR = List.of(2);

  private static TensorProto texts(String... values) {
    TensorProto.Builder tensor = TensorProto.newBuilder().setDtype(DataType.DT_STRING);
    tensor.getTensorShapeBuilder().addDimBuilder().setSize(values.length);
    for (String value : values) {
      tensor.addStringVal(ByteString.copyFromUtf8(value));
    }
    return tensor.build();
  }

  /** The rows of two texts, each with a pair of values of {@code type}. */
  private static RowList read(ValueType type, TensorProto pairs) {
    List<InputSpec> inputs =
        List.of(InputSpec.text("text"), new InputSpec("pair", PAIR, type, false));
    return TensorReader.rows(Map.of("text", texts("a", "b"), "pair", pairs), inputs, 10);
  }

  private static Column column(ValueType type) {
    Column column = Column.ofSize(type, 4);
    for (int i = 0; i < 4; i++) {
      if (column instanceof Column.Floats floats) {
        floats.values()[i] = i + 0.5f;
      } else if (column instanceof Column.Doubles doubles) {
        doubles.values()[i] = i + 0.1;
      } else if (column instanceof Column.Texts strings) {
        strings.values()[i] = "value " + i;
      } else {
        ((Column.Longs) column).values()[i] = type == ValueType.BOOL ? i % 2 : i + 100;
      }
    }
    return column;
  }

  @ParameterizedTest
  @EnumSource
  void rows_tensorOfAnOutput_readsBackTheSame(ValueType type) {
    TensorProto tensor = TensorMessage.of(new OutputSpec("pair", PAIR, type), column(type), 2);

    RowList rows = read(type, tensor);

    assertThat(rows.texts()).extracting(row -> row[0]).containsExactly("a", "b");
    assertThat(rows.others()).containsExactly(column(type));
  }

  @ParameterizedTest
  @EnumSource(names = "STRING", mode = EnumSource.Mode.EXCLUDE)
  void rows_valuesAsBytes_areTheSame(ValueType type) {
    TensorProto listed = TensorMessage.of(new OutputSpec("pair", PAIR, type), column(type), 2);
    TensorProto packed =
        TensorProto.newBuilder()
            .setDtype(listed.getDtype())
            .setTensorShape(listed.getTensorShape())
            .setTensorContent(packed(type))
            .build();

    assertThat(read(type, packed).others()).containsExactly(column(type));
  }

  private static ByteString packed(ValueType type) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 4; i++) {
      switch (type) {
        case FLOAT, HALF, BFLOAT16 -> bytes.putFloat(i + 0.5f);
        case DOUBLE -> bytes.putDouble(i + 0.1);
        case INT8, UINT8 -> bytes.put((byte) (i + 100));
        case BOOL -> bytes.put((byte) (i % 2));
        case INT16, UINT16 -> bytes.putShort((short) (i + 100));
        case INT32, UINT32 -> bytes.putInt(i + 100);
        default -> bytes.putLong(i + 100);
      }
    }
    return ByteString.copyFrom(bytes.flip());
  }

  @Test
  void rows_fewerNumbers_repeatTheLastOrAreZero() {
    TensorProto.Builder one = TensorProto.newBuilder().setDtype(DataType.DT_INT64);
    one.setTensorShape(TensorMessage.shape(2, PAIR)).addInt64Val(7).addInt64Val(8);
    TensorProto none = one.clone().clearInt64Val().build();

    assertThat(read(ValueType.INT64, one.build()).others())
        .containsExactly(new Column.Longs(new long[] {7, 8, 8, 8}));
    assertThat(read(ValueType.INT64, none).others()).containsExactly(new Column.Longs(new long[4]));
  }

  @Test
  void rows_wrongNumbers_areTold() {
    TensorProto.Builder pairs = TensorProto.newBuilder().setDtype(DataType.DT_INT32);
    pairs.setTensorShape(TensorMessage.shape(2, PAIR));
    assertRefused(pairs.clone().setTensorContent(ByteString.copyFromUtf8("12345")), "5 bytes");
    assertRefused(pairs.clone().setTensorContent(ByteString.copyFromUtf8("12345678")), "2 values");
    assertRefused(
        pairs.clone().setDtype(DataType.DT_INT64),
        "Expects arg[0] to be int32 but int64 is provided");
    assertRefused(pairs.clone().setDtypeValue(999), "to be int32 but unrecognized");
    assertRefused(pairs.clone().setTensorShape(TensorMessage.shape(3, PAIR)), "3 rows");
    assertRefused(
        pairs.clone().setTensorShape(TensorMessage.shape(2, List.of(-1, -2))), "shape [2, -1, -2]");
  }

  private static void assertRefused(TensorProto.Builder pairs, String problem) {
    assertThatThrownBy(() -> read(ValueType.INT32, pairs.build()))
        .isInstanceOf(ServingException.class)
        .hasMessageContaining(problem);
  }
}
