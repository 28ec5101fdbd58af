package dev.bertserve.server.bulk;

import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ValueType;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Which fields of a file's rows fill the model's inputs, and which are handed through.
 *
 * @param columns one for each input of the model that rows have, in order; empty for those of the
 *     inputs' names
 * @param keys fields that are handed through to the output
 * @param inputs of the model
 */
public record RowLayout(List<String> columns, List<String> keys, List<InputSpec> inputs) {

  /** Throws IllegalArgumentException if a column is missing, or if a key is there twice. */
  public RowLayout {
    columns = List.copyOf(columns);
    keys = List.copyOf(keys);
    inputs = List.copyOf(inputs);
    if (!columns.isEmpty()
        && columns.size() != inputs.size()
        && columns.size() != InputSpec.required(inputs).size()) {
      throw new IllegalArgumentException(
          "column: " + columns + " (expected: one for each of " + names(inputs) + ")");
    }
    if (Set.copyOf(keys).size() < keys.size()) {
      throw new IllegalArgumentException("key: " + keys + " (expected: each once)");
    }
  }

  public static RowLayout of(ModelSignature model, List<String> columns, List<String> keys) {
    return new RowLayout(columns, keys, model.inputs());
  }

  private static List<String> names(List<InputSpec> inputs) {
    return inputs.stream().map(InputSpec::name).toList();
  }

  /** The fields that fill the inputs, in the order of the inputs. */
  List<String> fields() {
    return columns.isEmpty() ? names(inputs) : columns;
  }

  /** The same for rows that have only the fields {@code known}: an optional one may be missing. */
  List<String> fieldsOf(Collection<String> known) {
    return columns.isEmpty() ? names(InputSpec.needed(inputs, known)) : columns;
  }

  /** Whether rows are instances as they are, without names of fields. */
  boolean isBare() {
    return columns.isEmpty() && keys.isEmpty();
  }

  /** Whether input {@code index} takes strings; otherwise numbers or booleans. */
  boolean isString(int index) {
    return inputs.get(index).type() == ValueType.STRING;
  }

  List<KeyColumn> textKeys() {
    return keys.stream().map(KeyColumn::text).toList();
  }

  /** The instance with {@code values}, each of them JSON, one for each input. */
  String instance(List<String> values) throws IOException {
    if (values.size() == 1) {
      return values.get(0);
    }
    StringBuilder object = new StringBuilder("{");
    for (int i = 0; i < values.size(); i++) {
      object.append(i == 0 ? "" : ",").append(JsonText.quoted(inputs.get(i).name())).append(':');
      object.append(values.get(i));
    }
    return object.append('}').toString();
  }
}
