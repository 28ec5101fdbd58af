package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.failure.Shown;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.ColumnBuilder;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes rows of a request's inputs. One body, one thread. */
final class InputRows {

  private final List<InputSpec> specs;
  private final int maxRows;

  InputRows(List<InputSpec> specs, int maxRows) {
    this.specs = specs;
    this.maxRows = maxRows;
  }

  /** The rows, each with its texts in the order of the model's inputs. */
  RowList of(List<InputTensor> inputs) {
    Map<String, InputTensor> byName = new HashMap<>();
    for (InputTensor input : inputs) {
      if (specs.stream().noneMatch(spec -> spec.name().equals(input.name()))) {
        throw InferReader.wrong(input, "unknown", "inputs " + names());
      }
      if (byName.put(input.name(), input) != null) {
        throw InferReader.wrong(input, "twice", "each input once");
      }
    }
    List<List<String>> texts = new ArrayList<>();
    List<Column> others = new ArrayList<>();
    for (InputSpec spec : InputSpec.needed(specs, byName.keySet())) {
      InputTensor input = byName.get(spec.name());
      if (input == null) {
        throw InferReader.invalid(
            "input " + spec.name() + ": missing (expected: inputs " + names() + ")");
      }
      requireShape(input, spec, inputs.get(0));
      if (spec.isText()) {
        requireTexts(input);
        texts.add(input.values());
      } else {
        others.add(column(input, spec));
      }
    }
    return RowList.of("inputs", maxRows, texts, others);
  }

  private static void requireTexts(InputTensor input) {
    if (!input.values().isEmpty() && input.kind() != JsonToken.STRING) {
      throw InferReader.wrong(input, input.kind().label(), "strings");
    }
  }

  private Column column(InputTensor input, InputSpec spec) {
    ColumnBuilder column =
        new ColumnBuilder(spec.type(), row -> "input " + input.name() + "[" + row + "]");
    for (int i = 0; i < input.values().size(); i++) {
      column.append(input.kind(), input.values().get(i), i / spec.rowSize());
    }
    return column.column();
  }

  /** Type and number of values, and the same number of rows as the first input. */
  private static void requireShape(InputTensor input, InputSpec spec, InputTensor first) {
    String datatype = Datatype.of(spec.type());
    if (!input.datatype().equals(datatype)) {
      throw InferReader.wrong(input, "datatype " + Shown.of(input.datatype()), datatype);
    }
    List<Long> shape = input.shape();
    long rows = shape.isEmpty() ? -1 : shape.get(0);
    long rowSize = 1;
    for (int i = 1; i < shape.size(); i++) {
      rowSize = Math.min(rowSize * Math.min(shape.get(i), Integer.MAX_VALUE), Integer.MAX_VALUE);
    }
    if (rowSize != spec.rowSize() || rows * rowSize != input.values().size()) {
      String wanted =
          spec.rowSize() == 1 ? "[rows] or [rows, 1]" : "[rows, " + spec.rowSize() + "]";
      throw InferReader.wrong(
          input, "shape " + shape, wanted + " for " + input.values().size() + " values");
    }
    if (!first.shape().isEmpty() && rows != first.shape().get(0)) {
      throw InferReader.wrong(
          input, rows + " rows", first.shape().get(0) + ", as input " + first.name());
    }
  }

  private List<String> names() {
    return specs.stream().map(InputSpec::name).toList();
  }
}
