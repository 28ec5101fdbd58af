package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.RowInputs;
import dev.bertserve.server.preprocessing.TokenInput;
import dev.bertserve.server.rewrite.PackedInput;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.server.serving.ValueType;
import dev.bertserve.tokenizer.TokenIds;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Converts batches to tensors, and tensors to plain arrays. */
final class TensorMarshaller {

  private TensorMarshaller() {}

  /** One input of the encoder, with {@code padding} for padding; the caller closes it. */
  static Tensor toTensor(TokenInput input, int padding, BatchPlan<TokenRow> batch) {
    int[] values = new int[batch.shape().tokens()];
    Arrays.fill(values, padding);
    for (int i = 0; i < batch.rows().size(); i++) {
      TokenIds row = batch.rows().get(i).ids();
      int start = batch.start(i);
      switch (input) {
        case WORD_IDS -> row.copyTo(values, start);
        case MASK -> Arrays.fill(values, start, start + row.length(), 1);
        case TYPE_IDS -> Arrays.fill(values, start + row.secondStart(), start + row.length(), 1);
      }
    }
    return tensor(values, batch.shape().sequences(), batch.shape().length());
  }

  /** One additional input of an encoder of packed rows; the caller closes it. */
  static Tensor toTensor(PackedInput input, BatchPlan<TokenRow> batch) {
    BatchShape shape = batch.shape();
    long sequences = shape.sequences();
    long length = shape.length();
    return switch (input) {
      case POSITIONS -> tensor(positions(batch), sequences, length);
      case KEY_ROWS -> tensor(rowNumbers(batch), sequences, 1, 1, length);
      case QUERY_ROWS -> tensor(rowNumbers(batch), sequences, 1, length, 1);
      case SLOT_ROWS -> {
        float[] numbers = rowNumbers(batch);
        int[] firstTokens = firstTokens(batch);
        float[] ofSlots = new float[firstTokens.length];
        for (int slot = 0; slot < ofSlots.length; slot++) {
          ofSlots[slot] = numbers[firstTokens[slot]];
        }
        yield tensor(ofSlots, sequences, 1, shape.maxRowsPerSequence(), 1);
      }
      case FIRST_TOKENS -> tensor(firstTokens(batch), shape.maxRows());
      case TOKEN_SLOTS -> tensor(tokenSlots(batch), sequences, length);
    };
  }

  /**
   * The values of an input beside the texts, with zeros and empty texts in free slots; the caller
   * closes it.
   *
   * @param index of the input among {@link TokenRow#others}
   */
  static Tensor toTensor(GraphNode placeholder, int index, BatchPlan<TokenRow> batch) {
    ValueType type =
        Objects.requireNonNull(ValueType.of(placeholder.attribute("dtype").getType().name()));
    int slots = batch.shape().maxRows();
    Shape shape = ColumnMarshaller.shape(slots, RowInputs.rowShape(placeholder));
    Column values = Column.zeros(type, Math.toIntExact(shape.size()));
    int size = values.size() / slots;
    for (int i = 0; i < batch.rows().size(); i++) {
      List<Column> others = batch.rows().get(i).others();
      if (!others.isEmpty()) {
        others.get(index).copyTo(0, values, batch.slot(i) * size, size);
      }
    }
    return ColumnMarshaller.tensor(values, type, shape);
  }

  private static int[] positions(BatchPlan<TokenRow> batch) {
    int[] positions = new int[batch.shape().tokens()];
    for (int i = 0; i < batch.rows().size(); i++) {
      for (int position = 0; position < batch.rows().get(i).tokens(); position++) {
        positions[batch.start(i) + position] = position;
      }
    }
    return positions;
  }

  private static float[] rowNumbers(BatchPlan<TokenRow> batch) {
    float[] numbers = new float[batch.shape().tokens()];
    for (int i = 0; i < batch.rows().size(); i++) {
      Arrays.fill(numbers, batch.start(i), batch.start(i) + batch.rows().get(i).tokens(), i + 1);
    }
    return numbers;
  }

  private static int[] firstTokens(BatchPlan<TokenRow> batch) {
    BatchShape shape = batch.shape();
    int[] tokens = new int[shape.maxRows()];
    for (int slot = 0; slot < tokens.length; slot++) {
      tokens[slot] = slot / shape.maxRowsPerSequence() * shape.length();
    }
    for (int i = 0; i < batch.rows().size(); i++) {
      tokens[batch.slot(i)] = batch.start(i);
    }
    return tokens;
  }

  private static int[] tokenSlots(BatchPlan<TokenRow> batch) {
    int[] slots = new int[batch.shape().tokens()];
    Arrays.fill(slots, -1);
    for (int i = 0; i < batch.rows().size(); i++) {
      int start = batch.start(i);
      Arrays.fill(slots, start, start + batch.rows().get(i).tokens(), batch.slot(i));
    }
    return slots;
  }

  private static Tensor tensor(int[] values, long... shape) {
    return TInt32.tensorOf(Shape.of(shape), DataBuffers.of(values));
  }

  private static Tensor tensor(float[] values, long... shape) {
    return TFloat32.tensorOf(Shape.of(shape), DataBuffers.of(values));
  }

  /** Copies the values of {@code output} to {@code rows}, in the order of the batch's rows. */
  static void scatter(Tensor tensor, OutputSpec output, BatchPlan<?> batch, Column rows) {
    int size = output.rowSize();
    if (tensor.shape().size() != (long) batch.shape().maxRows() * size) {
      throw new IllegalStateException(
          "output "
              + output.name()
              + ": "
              + tensor.shape()
              + " (expected: "
              + batch.shape().maxRows()
              + " rows of "
              + output.rowShape()
              + ")");
    }
    Column values = ColumnMarshaller.column(tensor);
    for (int i = 0; i < batch.rows().size(); i++) {
      values.copyTo(batch.slot(i) * size, rows, i * size, size);
    }
  }
}
