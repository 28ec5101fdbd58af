package dev.bertserve.bulk.beam;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.KvCoder;
import org.apache.beam.sdk.coders.RowCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.apache.beam.sdk.transforms.SerializableBiFunction;
import org.apache.beam.sdk.transforms.SerializableFunction;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.Row;
import org.jspecify.annotations.Nullable;

/**
 * How elements of one kind hold texts and get outputs.
 *
 * @param labels names of the texts in error messages
 * @param texts of an element, one per label; null for one that it lacks
 * @param scored an element with the values of its outputs
 * @param coder of the scored elements
 * @param <I> element with texts
 * @param <O> scored element
 */
record RowForm<I, O>(
    List<String> labels,
    SerializableFunction<I, List<@Nullable String>> texts,
    SerializableBiFunction<I, List<Object>, O> scored,
    Coder<O> coder)
    implements Serializable {

  /** An element is a text, and becomes the key of its outputs. */
  static RowForm<String, KV<String, Row>> texts(Schema outputs) {
    return new RowForm<>(
        List.of("text"),
        text -> Arrays.asList(text),
        (text, values) -> KV.of(text, row(outputs, values)),
        KvCoder.of(StringUtf8Coder.of(), RowCoder.of(outputs)));
  }

  /** A text has a key, which its outputs get. */
  static <K> RowForm<KV<K, String>, KV<K, Row>> keyed(Coder<K> keys, Schema outputs) {
    return new RowForm<>(
        List.of("value"),
        element -> Arrays.asList(element.getValue()),
        (element, values) -> KV.of(element.getKey(), row(outputs, values)),
        KvCoder.of(keys, RowCoder.of(outputs)));
  }

  /**
   * Texts are fields of a row, which gets its outputs as further fields. Throws
   * IllegalArgumentException if a field with a text is missing or no string, or if a row has a
   * field with the name of an output.
   */
  static RowForm<Row, Row> fields(Schema rows, List<String> fields, Schema outputs) {
    for (String field : fields) {
      if (!rows.hasField(field)
          || rows.getField(field).getType().getTypeName() != TypeName.STRING) {
        throw new IllegalArgumentException(
            "field: " + field + " (expected: a STRING of " + rows.getFieldNames() + ")");
      }
    }
    for (String output : outputs.getFieldNames()) {
      if (rows.hasField(output)) {
        throw new IllegalArgumentException(
            "output: " + output + " (expected: no field of the rows; withOutputs chooses outputs)");
      }
    }
    List<Field> all = new ArrayList<>(rows.getFields());
    all.addAll(outputs.getFields());
    Schema both = new Schema(all);
    return new RowForm<>(
        fields,
        row -> fields.stream().map(row::getString).toList(),
        (row, values) -> Row.withSchema(both).addValues(row.getValues()).addValues(values).build(),
        RowCoder.of(both));
  }

  private static Row row(Schema schema, List<Object> values) {
    return Row.withSchema(schema).attachValues(values);
  }
}
