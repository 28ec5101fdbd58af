package dev.bertserve.server.bulk;

import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Columns of a table of scored rows: the keys, or else the model's texts; then its outputs.
 *
 * @param first the keys or texts
 * @param keyed whether they are keys
 * @param outputs one column each, row-major if a row has several values
 */
record OutputTable(List<KeyColumn> first, boolean keyed, List<OutputSpec> outputs) {

  /** Throws IllegalArgumentException if a key has the name of an output. */
  static OutputTable of(List<KeyColumn> keys, ModelSignature model, List<OutputSpec> outputs) {
    List<String> names = outputs.stream().map(OutputSpec::name).toList();
    for (KeyColumn key : keys) {
      if (names.contains(key.name())) {
        throw new IllegalArgumentException(
            "key: " + key.name() + " (expected: none of the outputs " + names + ")");
      }
    }
    if (!keys.isEmpty()) {
      return new OutputTable(keys, true, outputs);
    }
    List<KeyColumn> texts = new ArrayList<>();
    for (InputSpec text : model.texts()) {
      // A text that is an output too is called otherwise
      String name = names.contains(text.name()) ? "input_" + text.name() : text.name();
      texts.add(
          text.isOptional()
              ? KeyColumn.text(name)
              : new KeyColumn(name, Schema.create(Schema.Type.STRING)));
    }
    return new OutputTable(texts, false, outputs);
  }

  /** Values of the first columns; null for an optional text that the row lacks. */
  List<? extends @Nullable Object> first(FileRow row) {
    if (keyed || row.texts().size() == first.size()) {
      return keyed ? row.keys() : row.texts();
    }
    List<@Nullable String> texts = new ArrayList<>(row.texts());
    texts.add(null);
    return texts;
  }

  static Schema.Type type(OutputSpec output) {
    return switch (output.type()) {
      case FLOAT, HALF, BFLOAT16 -> Schema.Type.FLOAT;
      case DOUBLE -> Schema.Type.DOUBLE;
      case BOOL -> Schema.Type.BOOLEAN;
      // No type of Avro or Parquet in use has its upper half
      case STRING, UINT64 -> Schema.Type.STRING;
      case INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32 -> Schema.Type.LONG;
    };
  }

  /** Value {@code index} of {@code column}, as {@link #type} says. */
  static Object value(OutputSpec output, Column column, int index) {
    if (column instanceof Column.Floats floats) {
      return floats.values()[index];
    }
    if (column instanceof Column.Doubles doubles) {
      return doubles.values()[index];
    }
    if (column instanceof Column.Texts texts) {
      return texts.values()[index];
    }
    long value = ((Column.Longs) column).values()[index];
    if (output.type() == ValueType.BOOL) {
      return value != 0;
    }
    return output.type() == ValueType.UINT64 ? (Object) Long.toUnsignedString(value) : value;
  }
}
