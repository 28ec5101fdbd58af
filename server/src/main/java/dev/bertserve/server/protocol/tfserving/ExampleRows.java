package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.proto.tfserving.Input;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.rows.ColumnBuilder;
import dev.bertserve.server.protocol.rows.RowFault;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.InputSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.Example;
import org.tensorflow.proto.Feature;

/**
 * Reads examples, where each input of the model is a feature of the example or of the context.
 * Ignores other features. One request, one thread.
 */
final class ExampleRows {

  private static final String EXAMPLES = "examples";

  private final List<InputSpec> inputs;
  private final List<ColumnBuilder> others = new ArrayList<>();

  private ExampleRows(List<InputSpec> inputs) {
    this.inputs = inputs;
    for (InputSpec input : inputs) {
      if (!input.isText()) {
        others.add(new ColumnBuilder(input.type(), row -> input.name()));
      }
    }
  }

  /** Throws INVALID for other features than the model's inputs, and TOO_LARGE for too many rows. */
  static RowList of(Input message, List<InputSpec> inputs, int maxRows) {
    return switch (message.getKindCase()) {
      case EXAMPLE_LIST ->
          new ExampleRows(inputs)
              .rows(
                  message.getExampleList().getExamplesList(),
                  Example.getDefaultInstance(),
                  maxRows);
      case EXAMPLE_LIST_WITH_CONTEXT ->
          new ExampleRows(inputs)
              .rows(
                  message.getExampleListWithContext().getExamplesList(),
                  message.getExampleListWithContext().getContext(),
                  maxRows);
      case KIND_NOT_SET -> throw TfBody.invalid("Input is empty.");
    };
  }

  private RowList rows(List<Example> examples, Example context, int maxRows) {
    if (examples.isEmpty()) {
      throw TfBody.invalid("Input is empty.");
    }
    RowList rows = new RowList(EXAMPLES, maxRows);
    for (Example example : examples) {
      rows.requireRoom();
      rows.add(row(example, context, rows.size()));
    }
    rows.setOthers(others.stream().map(ColumnBuilder::column).toList());
    return rows;
  }

  private String[] row(Example example, Example context, int row) {
    String[] texts = new String[inputs.size() - others.size()];
    for (int i = 0; i < inputs.size(); i++) {
      InputSpec input = inputs.get(i);
      @Nullable Feature feature = feature(example, context, input.name());
      if (i < texts.length) {
        if (feature == null && input.isOptional()) {
          return Arrays.copyOf(texts, i);
        }
        texts[i] = text(required(feature, input, row), input, row);
      } else {
        try {
          add(others.get(i - texts.length), required(feature, input, row), input, row);
        } catch (RowFault e) {
          throw TfFaults.feature(e, input, row);
        }
      }
    }
    return texts;
  }

  private static @Nullable Feature feature(Example example, Example context, String input) {
    @Nullable Feature own = example.getFeatures().getFeatureMap().get(input);
    return own != null ? own : context.getFeatures().getFeatureMap().get(input);
  }

  private static Feature required(@Nullable Feature feature, InputSpec input, int row) {
    if (feature == null || feature.getKindCase() == Feature.KindCase.KIND_NOT_SET) {
      throw TfFaults.missing(input, row);
    }
    return feature;
  }

  private static String text(Feature feature, InputSpec input, int row) {
    if (feature.getKindCase() != Feature.KindCase.BYTES_LIST) {
      String kind = feature.getKindCase() == Feature.KindCase.FLOAT_LIST ? "float" : "int64";
      throw TfFaults.wrongKind(kind, input, row);
    }
    requireCount(feature.getBytesList().getValueCount(), input, row);
    return TensorValues.text(feature.getBytesList().getValue(0));
  }

  private static void requireCount(int count, InputSpec input, int row) {
    if (count != input.rowSize()) {
      throw TfFaults.wrongCount(Integer.toString(count), input, row);
    }
  }

  private static void add(ColumnBuilder column, Feature feature, InputSpec input, int row) {
    int count =
        switch (feature.getKindCase()) {
          case BYTES_LIST -> feature.getBytesList().getValueCount();
          case FLOAT_LIST -> feature.getFloatList().getValueCount();
          case INT64_LIST -> feature.getInt64List().getValueCount();
          case KIND_NOT_SET -> 0;
        };
    requireCount(count, input, row);
    for (int i = 0; i < count; i++) {
      switch (feature.getKindCase()) {
        case BYTES_LIST ->
            column.append(
                JsonToken.STRING, TensorValues.text(feature.getBytesList().getValue(i)), row);
        case FLOAT_LIST ->
            column.append(
                JsonToken.NUMBER, Float.toString(feature.getFloatList().getValue(i)), row);
        case INT64_LIST -> whole(column, feature.getInt64List().getValue(i), input, row);
        case KIND_NOT_SET -> {}
      }
    }
  }

  /** Examples have no booleans: 0 is false. */
  private static void whole(ColumnBuilder column, long value, InputSpec input, int row) {
    switch (input.type()) {
      case BOOL -> column.append(JsonToken.BOOLEAN, Boolean.toString(value != 0), row);
      default -> column.append(JsonToken.NUMBER, Long.toString(value), row);
    }
  }
}
