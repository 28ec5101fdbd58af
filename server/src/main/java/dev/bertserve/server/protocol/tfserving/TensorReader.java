package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.rows.ColumnBuilder;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/** Reads one tensor for each input of a model into rows. One request, one thread. */
final class TensorReader {

  private static final String INPUTS = "inputs";
  private static final int MAX_DIMENSIONS = 8;

  private final List<InputSpec> specs;
  private final int maxRows;

  private TensorReader(List<InputSpec> specs, int maxRows) {
    this.specs = specs;
    this.maxRows = maxRows;
  }

  /** Throws INVALID for other inputs than the model's, and TOO_LARGE for too many rows. */
  static RowList rows(Map<String, TensorProto> tensors, List<InputSpec> specs, int maxRows) {
    return new TensorReader(specs, maxRows).rows(tensors);
  }

  private RowList rows(Map<String, TensorProto> tensors) {
    List<String> names = specs.stream().map(InputSpec::name).toList();
    if (!names.containsAll(tensors.keySet())) {
      throw TfFaults.wrongInputs(tensors.keySet(), specs);
    }
    int count = -1;
    List<List<String>> texts = new ArrayList<>();
    List<Column> others = new ArrayList<>();
    for (InputSpec spec : InputSpec.needed(specs, tensors.keySet())) {
      TensorProto tensor = tensors.get(spec.name());
      if (tensor == null) {
        throw TfFaults.wrongInputs(tensors.keySet(), specs);
      }
      int own = countRows(tensor, spec);
      count = count < 0 ? own : count;
      if (own != count) {
        throw wrong(spec, own + " rows", count + ", as input " + specs.get(0).name());
      }
      if (spec.isText()) {
        texts.add(texts(tensor, spec, count));
      } else {
        others.add(column(tensor, spec, count));
      }
    }
    return RowList.of(INPUTS, maxRows, texts, others);
  }

  /** Rows of a tensor of the right type and shape; throws TOO_LARGE before there are too many. */
  private int countRows(TensorProto tensor, InputSpec spec) {
    if (tensor.getDtype() != TensorMessage.dataType(spec.type())) {
      throw TfFaults.wrongType(tensor.getDtype().name(), spec, specs);
    }
    TensorShapeProto shape = tensor.getTensorShape();
    boolean fits = shape.getDimCount() > 0 && shape.getDimCount() <= MAX_DIMENSIONS;
    long rowSize = 1;
    for (int i = 1; fits && i < shape.getDimCount(); i++) {
      long size = shape.getDim(i).getSize();
      fits = size >= 0 && size <= Integer.MAX_VALUE;
      rowSize = Math.min(rowSize * size, Integer.MAX_VALUE);
    }
    if (!fits || rowSize != spec.rowSize() || shape.getDim(0).getSize() < 0) {
      throw wrong(
          spec,
          "shape " + shown(shape),
          spec.rowSize() == 1 ? "[rows] or [rows, 1]" : "[rows, " + spec.rowSize() + "]");
    }
    if (shape.getDim(0).getSize() > maxRows) {
      throw RowList.tooLarge(INPUTS, maxRows);
    }
    return (int) shape.getDim(0).getSize();
  }

  private static String shown(TensorShapeProto shape) {
    return shape.getDimCount() > MAX_DIMENSIONS
        ? "of " + shape.getDimCount() + " dimensions"
        : shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList().toString();
  }

  private static List<String> texts(TensorProto tensor, InputSpec spec, int rows) {
    TensorValues values = TensorValues.of(tensor, ValueType.STRING);
    requireCount(values, spec, rows);
    List<String> texts = new ArrayList<>(rows);
    for (int row = 0; row < rows; row++) {
      texts.add(values.text(row));
    }
    return texts;
  }

  private static Column column(TensorProto tensor, InputSpec spec, int rows) {
    TensorValues values = TensorValues.of(tensor, spec.type());
    int count = rows * spec.rowSize();
    requireCount(values, spec, count);
    ColumnBuilder column =
        new ColumnBuilder(spec.type(), row -> "input " + spec.name() + "[" + row + "]");
    for (int i = 0; i < count; i++) {
      column.append(values.text(i), i / spec.rowSize());
    }
    return column.column();
  }

  private static void requireCount(TensorValues values, InputSpec spec, int count) {
    if (!values.fill(count)) {
      throw TfBody.invalid(
          "tensor parsing error: %s (%d values, expected: %d, as its shape says)"
              .formatted(spec.name(), values.count(), count));
    }
  }

  private static ServingException wrong(InputSpec spec, String problem, String expected) {
    return TfBody.invalid(
        "input " + spec.name() + ": " + problem + " (expected: " + expected + ")");
  }
}
