package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.TokenInput;
import dev.bertserve.tokenizer.TokenIds;
import java.util.Arrays;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Rows to tensors and tensors to plain arrays. */
final class TensorMarshaller {

  private TensorMarshaller() {}

  /** One input of the encoder, [rows, length], 0 where there is padding; the caller closes it. */
  static Tensor toTensor(TokenInput input, Tile tile) {
    TileShape shape = tile.shape();
    int[] values = new int[shape.tokens()];
    for (int i = 0; i < tile.rows(); i++) {
      TokenIds row = tile.row(i);
      int start = i * shape.length();
      switch (input) {
        case WORD_IDS -> row.copyTo(values, start);
        case MASK -> Arrays.fill(values, start, start + row.length(), 1);
        case TYPE_IDS -> Arrays.fill(values, start + row.secondStart(), start + row.length(), 1);
      }
    }
    return TInt32.tensorOf(Shape.of(shape.rows(), shape.length()), DataBuffers.of(values));
  }

  /** Copies a tile's rows of {@code output} to their places among the batch's {@code answers}. */
  static void scatter(Tensor tensor, OutputSpec output, Tile tile, float[] answers) {
    int size = output.rowSize();
    float[] values = new float[tile.shape().rows() * size];
    if (tensor.shape().size() != values.length) {
      throw new IllegalStateException(
          "output "
              + output.name()
              + ": "
              + tensor.shape()
              + " (expected: "
              + tile.shape().rows()
              + " rows of "
              + output.rowShape()
              + ")");
    }
    ((TFloat32) tensor).copyTo(DataBuffers.of(values));
    for (int i = 0; i < tile.rows(); i++) {
      System.arraycopy(values, i * size, answers, tile.place(i) * size, size);
    }
  }
}
