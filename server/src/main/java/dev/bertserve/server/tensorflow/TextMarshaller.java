package dev.bertserve.server.tensorflow;

import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.serving.OutputSpec;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** Converts texts to tensors, and tensors of any number type to floats. */
final class TextMarshaller {

  private TextMarshaller() {}

  /** Text {@code input} of each row; the caller closes the tensor. */
  static Tensor toTensor(List<List<String>> rows, int input, List<Integer> rowShape) {
    byte[][] texts = new byte[rows.size()][];
    for (int row = 0; row < texts.length; row++) {
      texts[row] = utf8(rows.get(row).get(input));
    }
    Shape shape = Shape.of(texts.length);
    for (int dimension : rowShape) {
      shape = shape.append(dimension);
    }
    return TString.tensorOfBytes(NdArrays.wrap(shape, DataBuffers.of(texts, false, false)));
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

  /** The values of {@code output}, row after row. */
  static float[] floats(Tensor tensor, int rows, OutputSpec output) {
    float[] values = new float[rows * output.rowSize()];
    if (tensor.shape().size() != values.length) {
      throw new UnsupportedModelException(
          "output "
              + output.name()
              + ": "
              + tensor.shape()
              + " for "
              + rows
              + " rows (expected: "
              + output.rowShape()
              + " for each)");
    }
    if (tensor instanceof TFloat32 floats) {
      floats.copyTo(DataBuffers.of(values));
    } else if (tensor instanceof TFloat16 halves) {
      halves.copyTo(DataBuffers.of(values));
    } else if (tensor instanceof TBfloat16 halves) {
      halves.copyTo(DataBuffers.of(values));
    } else if (tensor instanceof TFloat64 doubles) {
      double[] wide = new double[values.length];
      doubles.copyTo(DataBuffers.of(wide));
      for (int i = 0; i < wide.length; i++) {
        values[i] = (float) wide[i];
      }
    } else if (tensor instanceof TInt64 longs) {
      long[] wide = new long[values.length];
      longs.copyTo(DataBuffers.of(wide));
      for (int i = 0; i < wide.length; i++) {
        values[i] = wide[i];
      }
    } else {
      int[] wide = new int[values.length];
      ((TInt32) tensor).copyTo(DataBuffers.of(wide));
      for (int i = 0; i < wide.length; i++) {
        values[i] = wide[i];
      }
    }
    return values;
  }
}
