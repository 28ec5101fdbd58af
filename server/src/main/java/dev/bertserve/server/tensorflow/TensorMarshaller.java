package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.tensorflow.prepare.TokenInput;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Rows to tensors and tensors to plain arrays. */
final class TensorMarshaller {

  private TensorMarshaller() {}

  /** One input of the encoder, [rows, length], 0 where a row is shorter; the caller closes it. */
  static Tensor toTensor(TokenInput input, List<TokenIds> rows, int length) {
    int[] values = new int[rows.size() * length];
    for (int i = 0; i < rows.size(); i++) {
      TokenIds row = rows.get(i);
      int start = i * length;
      switch (input) {
        case WORD_IDS -> {
          for (int position = 0; position < row.length(); position++) {
            values[start + position] = row.id(position);
          }
        }
        case MASK -> java.util.Arrays.fill(values, start, start + row.length(), 1);
        case TYPE_IDS ->
            java.util.Arrays.fill(values, start + row.secondStart(), start + row.length(), 1);
      }
    }
    return TInt32.tensorOf(Shape.of(rows.size(), length), DataBuffers.of(values));
  }

  /** The values of {@code output}, row after row. */
  static float[] toArray(Tensor tensor, OutputSpec output, int rows) {
    float[] values = new float[rows * output.rowSize()];
    if (tensor.shape().size() != values.length) {
      throw new IllegalStateException(
          "output "
              + output.name()
              + ": "
              + tensor.shape()
              + " (expected: "
              + rows
              + " rows of "
              + output.rowShape()
              + ")");
    }
    ((TFloat32) tensor).copyTo(DataBuffers.of(values));
    return values;
  }
}
