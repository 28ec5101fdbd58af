package dev.bertserve.bulk.beam;

import dev.bertserve.server.embedded.Output;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;

/**
 * A model's outputs as fields of a schema. An output of one value per row is a FLOAT, DOUBLE, INT64
 * or STRING; one of several values is an array of those, row-major.
 */
final class OutputFields {

  private OutputFields() {}

  /** The fields of all outputs of {@code model}, in the order of the signature. */
  static Schema of(TextModel model) {
    return model.outputTypes().stream()
        .map(output -> Field.of(output.name(), type(output)))
        .collect(Schema.toSchema());
  }

  /** Throws IllegalArgumentException unless each field is an output of {@code model}. */
  static void check(Schema stated, TextModel model) {
    Schema all = of(model);
    for (Field field : stated.getFields()) {
      if (!all.hasField(field.getName())) {
        throw new IllegalArgumentException(
            "output: " + field.getName() + " (expected: one of " + all.getFieldNames() + ")");
      }
      FieldType type = all.getField(field.getName()).getType();
      if (!type.equals(field.getType())) {
        throw new IllegalArgumentException(
            "output: "
                + field.getName()
                + " of type "
                + name(field.getType())
                + " (expected: "
                + name(type)
                + ")");
      }
    }
  }

  /** Values of the outputs that {@code fields} names, in that order. */
  static List<Object> values(Outputs outputs, Schema fields) {
    List<Object> values = new ArrayList<>(fields.getFieldCount());
    for (Field field : fields.getFields()) {
      FieldType element = field.getType().getCollectionElementType();
      List<Object> column =
          column(outputs, field.getName(), element == null ? field.getType() : element);
      values.add(element == null ? column.get(0) : column);
    }
    return values;
  }

  private static List<Object> column(Outputs outputs, String name, FieldType type) {
    List<Object> column = new ArrayList<>();
    switch (type.getTypeName()) {
      case FLOAT -> {
        for (float value : outputs.floats(name)) {
          column.add(value);
        }
      }
      case DOUBLE -> {
        for (double value : outputs.doubles(name)) {
          column.add(value);
        }
      }
      case INT64 -> {
        for (long value : outputs.longs(name)) {
          column.add(value);
        }
      }
      default -> column.addAll(Arrays.asList(outputs.texts(name)));
    }
    return column;
  }

  private static FieldType type(Output output) {
    FieldType value =
        switch (output.kind()) {
          case FLOATS -> FieldType.FLOAT;
          case DOUBLES -> FieldType.DOUBLE;
          case LONGS -> FieldType.INT64;
          case TEXTS -> FieldType.STRING;
        };
    return output.size() == 1 ? value : FieldType.array(value);
  }

  private static String name(FieldType type) {
    FieldType element = type.getCollectionElementType();
    String name = type.getTypeName() + (element == null ? "" : " of " + name(element));
    return type.getNullable() ? "nullable " + name : name;
  }
}
