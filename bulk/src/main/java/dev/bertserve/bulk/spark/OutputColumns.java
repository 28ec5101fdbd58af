package dev.bertserve.bulk.spark;

import dev.bertserve.server.embedded.Output;
import dev.bertserve.server.embedded.Outputs;
import dev.bertserve.server.embedded.TextModel;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** A model's outputs as columns. */
final class OutputColumns {

  private OutputColumns() {}

  /** Columns of all outputs of {@code model}, in the order of the signature. */
  static StructType of(TextModel model) {
    StructType columns = new StructType();
    for (Output output : model.outputTypes()) {
      columns = columns.add(output.name(), type(output), true);
    }
    return columns;
  }

  /** Throws IllegalArgumentException unless each column is an output of {@code model}. */
  static void check(StructType stated, TextModel model) {
    for (StructField column : stated.fields()) {
      Output output =
          model.outputTypes().stream()
              .filter(one -> one.name().equals(column.name()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "output: "
                              + column.name()
                              + " (expected: one of "
                              + model.outputs()
                              + ")"));
      // Whether an element may be null says nothing about the values
      if (!type(output).simpleString().equals(column.dataType().simpleString())) {
        throw new IllegalArgumentException(
            "output: "
                + column.name()
                + " of type "
                + column.dataType().simpleString()
                + " (expected: "
                + type(output).simpleString()
                + ")");
      }
    }
  }

  /** Values of the outputs that {@code columns} names, in that order. */
  static Object[] values(Outputs outputs, StructType columns) {
    return Arrays.stream(columns.fields())
        .map(column -> value(outputs, column.name(), column.dataType()))
        .toArray();
  }

  private static Object value(Outputs outputs, String name, DataType type) {
    if (type instanceof ArrayType array) {
      return values(outputs, name, array.elementType());
    }
    return values(outputs, name, type)[0];
  }

  private static Object[] values(Outputs outputs, String name, DataType type) {
    if (type.equals(DataTypes.FloatType)) {
      float[] floats = outputs.floats(name);
      return IntStream.range(0, floats.length).mapToObj(i -> floats[i]).toArray(Float[]::new);
    }
    if (type.equals(DataTypes.DoubleType)) {
      return Arrays.stream(outputs.doubles(name)).boxed().toArray(Double[]::new);
    }
    return type.equals(DataTypes.LongType)
        ? Arrays.stream(outputs.longs(name)).boxed().toArray(Long[]::new)
        : outputs.texts(name);
  }

  private static DataType type(Output output) {
    DataType value =
        switch (output.kind()) {
          case FLOATS -> DataTypes.FloatType;
          case DOUBLES -> DataTypes.DoubleType;
          case LONGS -> DataTypes.LongType;
          case TEXTS -> DataTypes.StringType;
        };
    return output.size() == 1 ? value : DataTypes.createArrayType(value, false);
  }
}
