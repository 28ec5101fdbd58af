package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.proto.tfserving.Input;
import dev.bertserve.server.protocol.rows.ColumnBuilder;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ValueType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.Example;

/**
 * Makes rows of examples, where each input of the model is a feature of the example or of the
 * context. One request, one thread.
 */
final class ExampleRows {

  static final String EXAMPLES = "examples";

  private final List<InputSpec> inputs;
  private final RowList rows;
  private final List<ColumnBuilder> others = new ArrayList<>();

  ExampleRows(List<InputSpec> inputs, int maxRows) {
    this.inputs = inputs;
    this.rows = new RowList(EXAMPLES, maxRows);
    for (InputSpec input : inputs) {
      if (!input.isText()) {
        others.add(
            new ColumnBuilder(input.type(), row -> EXAMPLES + "[" + row + "]." + input.name()));
      }
    }
  }

  /** Throws INVALID for other features than the model's inputs, and TOO_LARGE for too many rows. */
  static RowList of(Input message, List<InputSpec> inputs, int maxRows) {
    ExampleRows rows = new ExampleRows(inputs, maxRows);
    return switch (message.getKindCase()) {
      case EXAMPLE_LIST ->
          rows.all(message.getExampleList().getExamplesList(), Example.getDefaultInstance());
      case EXAMPLE_LIST_WITH_CONTEXT ->
          rows.all(
              message.getExampleListWithContext().getExamplesList(),
              message.getExampleListWithContext().getContext());
      case KIND_NOT_SET -> throw TfBody.invalid("Input is empty.");
    };
  }

  private RowList all(List<Example> examples, Example context) {
    if (examples.isEmpty()) {
      throw TfBody.invalid("Input is empty.");
    }
    @Nullable ExampleFeature[] shared = ExampleFeature.of(context, inputs);
    examples.forEach(example -> add(ExampleFeature.of(example, inputs), shared));
    return list();
  }

  /** The rows that were added. */
  RowList list() {
    rows.setOthers(others.stream().map(ColumnBuilder::column).toList());
    return rows;
  }

  /** Adds the row of an example; its features, and those of the context, are in order of inputs. */
  void add(@Nullable ExampleFeature[] example, @Nullable ExampleFeature[] context) {
    rows.requireRoom();
    String[] texts = new String[inputs.size() - others.size()];
    for (int i = 0; i < inputs.size(); i++) {
      InputSpec input = inputs.get(i);
      ExampleFeature feature = example[i] == null ? context[i] : example[i];
      if (feature == null && input.isOptional()) {
        // The last text.
        texts = Arrays.copyOf(texts, i);
        break;
      }
      List<String> values = values(feature, input);
      if (i < texts.length) {
        texts[i] = values.get(0);
      } else {
        append(others.get(i - texts.length), values, input.type());
      }
    }
    rows.add(texts);
  }

  private List<String> values(@Nullable ExampleFeature feature, InputSpec input) {
    if (feature == null) {
      throw TfFaults.missing(input, rows.size());
    }
    if (!feature.fits(input.type())) {
      throw TfFaults.wrongKind(feature.kind(), input, rows.size());
    }
    if (feature.count() != input.rowSize()) {
      throw TfFaults.wrongCount(feature.count(), input, rows.size());
    }
    return feature.values();
  }

  private void append(ColumnBuilder column, List<String> values, ValueType type) {
    for (String value : values) {
      boolean isFlag = type == ValueType.BOOL;
      column.append(isFlag ? Boolean.toString(!value.equals("0")) : value, rows.size());
    }
  }
}
