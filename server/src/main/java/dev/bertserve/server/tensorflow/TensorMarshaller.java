package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.prepare.TokenInput;
import dev.bertserve.server.tensorflow.rewrite.PackedInput;
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

  /** One input of the encoder, 0 where there is padding; the caller closes it. */
  static Tensor toTensor(TokenInput input, Tile tile) {
    int[] values = new int[tile.shape().tokens()];
    for (int i = 0; i < tile.rows(); i++) {
      TokenIds row = tile.row(i);
      int start = tile.start(i);
      switch (input) {
        case WORD_IDS -> row.copyTo(values, start);
        case MASK -> Arrays.fill(values, start, start + row.length(), 1);
        case TYPE_IDS -> Arrays.fill(values, start + row.secondStart(), start + row.length(), 1);
      }
    }
    return tensor(values, tile.shape().sequences());
  }

  /** What an encoder of packed rows is fed besides; the caller closes it. */
  static Tensor toTensor(PackedInput input, Tile tile) {
    TileShape shape = tile.shape();
    int[] values = new int[input == PackedInput.FIRST_TOKENS ? shape.rows() : shape.tokens()];
    if (input == PackedInput.FIRST_TOKENS) {
      Arrays.setAll(values, answer -> answer / shape.rowsOfOne() * shape.length());
    }
    for (int i = 0; i < tile.rows(); i++) {
      int start = tile.start(i);
      int length = tile.row(i).length();
      switch (input) {
        case ROW_NUMBERS -> Arrays.fill(values, start, start + length, i + 1);
        case POSITIONS -> {
          for (int position = 0; position < length; position++) {
            values[start + position] = position;
          }
        }
        case FIRST_TOKENS -> values[tile.answer(i)] = start;
      }
    }
    return tensor(values, shape.sequences());
  }

  private static Tensor tensor(int[] values, int sequences) {
    return TInt32.tensorOf(Shape.of(sequences, values.length / sequences), DataBuffers.of(values));
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
      System.arraycopy(values, tile.answer(i) * size, answers, tile.place(i) * size, size);
    }
  }
}
