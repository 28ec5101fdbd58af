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
    return tensor(values, tile.shape().sequences(), tile.shape().length());
  }

  /** What an encoder of packed rows is fed besides; the caller closes it. */
  static Tensor toTensor(PackedInput input, Tile tile) {
    TileShape shape = tile.shape();
    long sequences = shape.sequences();
    long length = shape.length();
    return switch (input) {
      case POSITIONS -> tensor(positions(tile), sequences, length);
      case KEY_ROWS -> tensor(rowNumbers(tile), sequences, 1, 1, length);
      case QUERY_ROWS -> tensor(rowNumbers(tile), sequences, 1, length, 1);
      case SLOT_ROWS -> {
        float[] numbers = rowNumbers(tile);
        int[] firstTokens = firstTokens(tile);
        float[] ofSlots = new float[firstTokens.length];
        for (int slot = 0; slot < ofSlots.length; slot++) {
          ofSlots[slot] = numbers[firstTokens[slot]];
        }
        yield tensor(ofSlots, sequences, 1, shape.rowsOfOne(), 1);
      }
      case FIRST_TOKENS -> tensor(firstTokens(tile), shape.rows());
    };
  }

  private static int[] positions(Tile tile) {
    int[] positions = new int[tile.shape().tokens()];
    for (int i = 0; i < tile.rows(); i++) {
      for (int position = 0; position < tile.row(i).length(); position++) {
        positions[tile.start(i) + position] = position;
      }
    }
    return positions;
  }

  private static float[] rowNumbers(Tile tile) {
    float[] numbers = new float[tile.shape().tokens()];
    for (int i = 0; i < tile.rows(); i++) {
      Arrays.fill(numbers, tile.start(i), tile.start(i) + tile.row(i).length(), i + 1);
    }
    return numbers;
  }

  private static int[] firstTokens(Tile tile) {
    TileShape shape = tile.shape();
    int[] places = new int[shape.rows()];
    for (int slot = 0; slot < places.length; slot++) {
      places[slot] = slot / shape.rowsOfOne() * shape.length();
    }
    for (int i = 0; i < tile.rows(); i++) {
      places[tile.answer(i)] = tile.start(i);
    }
    return places;
  }

  private static Tensor tensor(int[] values, long... shape) {
    return TInt32.tensorOf(Shape.of(shape), DataBuffers.of(values));
  }

  private static Tensor tensor(float[] values, long... shape) {
    return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values));
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
