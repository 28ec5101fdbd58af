package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The largest values of each row, largest first; of equal ones the first. */
public final class TopValues {

  private static final String CLASSES = "classes";

  private TopValues() {}

  /**
   * Index of the first output with several floating-point values in a row that is no input handed
   * through; -1 if there is none.
   */
  public static int scores(List<OutputSpec> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      OutputSpec output = outputs.get(i);
      boolean several = output.rowShape().size() == 1 && output.rowSize() > 1;
      if (several && output.isComputed() && output.type().isReal()) {
        return i;
      }
    }
    return -1;
  }

  /** Index of the output with a text for each of {@code classes} values; -1 if there is none. */
  public static int labels(List<OutputSpec> outputs, int classes) {
    for (int i = 0; i < outputs.size(); i++) {
      OutputSpec output = outputs.get(i);
      if (output.isComputed() && output.type() == ValueType.STRING && output.rowSize() == classes) {
        return i;
      }
    }
    return -1;
  }

  /**
   * The prediction with only the {@code count} largest values of output {@code scores} in each row,
   * their indices as another output, {@code classes}, and only their texts in outputs of as many
   * texts. Other outputs stay. The permit stays that of {@code prediction}.
   */
  public static Prediction of(Prediction prediction, int scores, int count) {
    OutputSpec spec = prediction.outputs().get(scores);
    int kept = Math.min(count, spec.rowSize());
    int[] indices = new int[prediction.rows() * kept];
    for (int row = 0; row < prediction.rows(); row++) {
      int[] best =
          indices(prediction.values().get(scores), row * spec.rowSize(), spec.rowSize(), kept);
      System.arraycopy(best, 0, indices, row * kept, kept);
    }
    List<OutputSpec> outputs = new ArrayList<>();
    List<Column> values = new ArrayList<>();
    for (int i = 0; i < prediction.outputs().size(); i++) {
      OutputSpec output = prediction.outputs().get(i);
      Column column = prediction.values().get(i);
      boolean names =
          output.type() == ValueType.STRING && output.rowShape().equals(spec.rowShape());
      if (i == scores || names) {
        column = gathered(column, output, indices, kept);
        output = shaped(output, kept);
      }
      outputs.add(output);
      values.add(column);
    }
    outputs.add(new OutputSpec(CLASSES, List.of(kept), ValueType.INT64));
    values.add(new Column.Longs(Arrays.stream(indices).asLongStream().toArray()));
    return new Prediction(prediction.rows(), outputs, values, prediction.permit());
  }

  private static OutputSpec shaped(OutputSpec output, int size) {
    return new OutputSpec(
        output.name(), List.of(size), output.type(), output.textBytes(), output.input());
  }

  private static Column gathered(Column values, OutputSpec spec, int[] indices, int kept) {
    Column gathered = Column.ofSize(spec.type(), indices.length);
    for (int i = 0; i < indices.length; i++) {
      values.copyTo(i / kept * spec.rowSize() + indices[i], gathered, i, 1);
    }
    return gathered;
  }

  /**
   * Indices, within the row of {@code size} numbers that starts at {@code from}, of its {@code
   * count} largest.
   */
  public static int[] indices(Column values, int from, int size, int count) {
    return values instanceof Column.Floats
        ? ofFloats(values, from, size, count)
        : IntStream.range(0, size)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -values.number(from + i)))
            .limit(count)
            .mapToInt(Integer::intValue)
            .toArray();
  }

  private static int[] ofFloats(Column values, int from, int size, int count) {
    long[] order = new long[size];
    for (int i = 0; i < size; i++) {
      // The lower half of a key is the index; the upper half falls as the value grows.
      int bits = Float.floatToIntBits((float) values.number(from + i));
      int rising = bits ^ ((bits >> 31) & Integer.MAX_VALUE);
      order[i] = ((long) ~rising << Integer.SIZE) | i;
    }
    Arrays.sort(order);
    int[] best = new int[count];
    for (int rank = 0; rank < count; rank++) {
      best[rank] = (int) order[rank];
    }
    return best;
  }
}
