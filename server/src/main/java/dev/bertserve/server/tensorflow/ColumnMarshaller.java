package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ValueType;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.FloatNdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;
import org.tensorflow.types.TUint16;
import org.tensorflow.types.TUint8;

/** Converts columns to tensors, and tensors to columns. */
final class ColumnMarshaller {

  private ColumnMarshaller() {}

  /** All values of {@code tensor}. Bytes that are not UTF-8 become U+FFFD. */
  static Column column(Tensor tensor) {
    int size = Math.toIntExact(tensor.shape().size());
    if (tensor instanceof FloatNdArray floats) {
      float[] values = new float[size];
      floats.copyTo(DataBuffers.of(values));
      return new Column.Floats(values);
    }
    if (tensor instanceof TFloat64 doubles) {
      double[] values = new double[size];
      doubles.copyTo(DataBuffers.of(values));
      return new Column.Doubles(values);
    }
    if (tensor instanceof TString texts) {
      return texts(texts, size);
    }
    return new Column.Longs(longs(tensor, size));
  }

  private static Column texts(TString tensor, int size) {
    DataBuffer<byte[]> bytes = DataBuffers.ofObjects(byte[].class, size);
    tensor.asBytes().copyTo(bytes);
    String[] values = new String[size];
    for (int i = 0; i < size; i++) {
      values[i] = new String(bytes.getObject(i), StandardCharsets.UTF_8);
    }
    return new Column.Texts(values);
  }

  private static long[] longs(Tensor tensor, int size) {
    long[] values = new long[size];
    if (tensor instanceof TInt64 longs) {
      longs.copyTo(DataBuffers.of(values));
    } else if (tensor instanceof TInt32 ints) {
      int[] narrow = new int[size];
      ints.copyTo(DataBuffers.of(narrow));
      Arrays.setAll(values, i -> narrow[i]);
    } else if (tensor instanceof TUint16 shorts) {
      short[] narrow = new short[size];
      shorts.copyTo(DataBuffers.of(narrow));
      Arrays.setAll(values, i -> Short.toUnsignedLong(narrow[i]));
    } else if (tensor instanceof TUint8 bytes) {
      byte[] narrow = new byte[size];
      bytes.copyTo(DataBuffers.of(narrow));
      Arrays.setAll(values, i -> Byte.toUnsignedLong(narrow[i]));
    } else if (tensor instanceof TBool flags) {
      boolean[] narrow = new boolean[size];
      flags.copyTo(DataBuffers.of(narrow));
      Arrays.setAll(values, i -> narrow[i] ? 1 : 0);
    } else {
      throw new UnsupportedModelException(
          "tensor of type " + tensor.dataType() + " (expected: a type of TensorFlow's Java API)");
    }
    return values;
  }

  /** The shape of {@code rows} rows of {@code rowShape}. */
  static Shape shape(int rows, List<Integer> rowShape) {
    Shape shape = Shape.of(rows);
    for (int dimension : rowShape) {
      shape = shape.append(dimension);
    }
    return shape;
  }

  /** {@code column} as a tensor of {@code type}; the caller closes it. */
  static Tensor tensor(Column column, ValueType type, Shape shape) {
    if (column instanceof Column.Floats floats) {
      return TFloat32.tensorOf(shape, DataBuffers.of(floats.values()));
    }
    if (column instanceof Column.Doubles doubles) {
      return TFloat64.tensorOf(shape, DataBuffers.of(doubles.values()));
    }
    if (column instanceof Column.Texts texts) {
      byte[][] bytes = new byte[texts.size()][];
      Arrays.setAll(bytes, i -> utf8(texts.values()[i]));
      return TString.tensorOfBytes(NdArrays.wrap(shape, DataBuffers.of(bytes, false, false)));
    }
    long[] values = ((Column.Longs) column).values();
    return switch (type) {
      case INT64 -> TInt64.tensorOf(shape, DataBuffers.of(values));
      case INT32 -> {
        int[] narrow = new int[values.length];
        Arrays.setAll(narrow, i -> (int) values[i]);
        yield TInt32.tensorOf(shape, DataBuffers.of(narrow));
      }
      case BOOL -> {
        boolean[] flags = new boolean[values.length];
        for (int i = 0; i < flags.length; i++) {
          flags[i] = values[i] != 0;
        }
        yield TBool.tensorOf(shape, DataBuffers.of(flags));
      }
      default ->
          throw new UnsupportedModelException(
              "input of type " + type.label() + " (expected: DT_INT32, DT_INT64 or DT_BOOL)");
    };
  }

  /** Encodes an unpaired surrogate in three bytes, as the tokenizer does. */
  private static byte[] utf8(String text) {
    byte[] bytes = new byte[3 * text.length()];
    int size = 0;
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      int more = codePoint < 0x80 ? 0 : codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
      int lead = more == 0 ? 0 : (0xf00 >> (more + 1)) & 0xff;
      bytes[size++] = (byte) (lead | (codePoint >> (6 * more)));
      for (int i = more - 1; i >= 0; i--) {
        bytes[size++] = (byte) (0x80 | ((codePoint >> (6 * i)) & 0x3f));
      }
    }
    return Arrays.copyOf(bytes, size);
  }
}
