package dev.bertserve.bulk.pipeline;

import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.Flatten;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionList;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Rows that cannot be scored: {@code error}, the reason in one line; {@code row}, the texts and
 * keys; for files of lines {@code line} too, which stands alone if it is no row.
 */
final class ErrorRows {

  private ErrorRows() {}

  /**
   * @param failures rows with reasons
   */
  static PCollection<Row> of(InputRows input, PCollection<KV<Row, String>> failures) {
    Schema rows = input.rows().getSchema();
    Schema.Builder fields =
        Schema.builder()
            .addStringField("error")
            .addField(Field.nullable("row", FieldType.row(rows)));
    if (input.badLines().isEmpty()) {
      return rows(failures, fields.build());
    }
    Schema schema = fields.addNullableStringField("line").build();
    return PCollectionList.of(rows(failures, schema))
        .and(lines(input, input.badLines().get(), schema))
        .apply("Errors", Flatten.pCollections())
        .setRowSchema(schema);
  }

  private static PCollection<Row> rows(PCollection<KV<Row, String>> failures, Schema schema) {
    return failures
        .apply(
            "Failures",
            MapElements.into(TypeDescriptors.rows())
                .via(
                    failure ->
                        Row.withSchema(schema)
                            .withFieldValue("error", failure.getValue())
                            .withFieldValue("row", failure.getKey())
                            .build()))
        .setRowSchema(schema);
  }

  private static PCollection<Row> lines(InputRows input, PCollection<String> lines, Schema schema) {
    String fields = fields(input.rows().getSchema());
    String error = "line: not a row (expected: " + input.line() + " with " + fields + ")";
    return lines
        .apply(
            "Lines",
            MapElements.into(TypeDescriptors.rows())
                .via(
                    line ->
                        Row.withSchema(schema)
                            .withFieldValue("error", error)
                            .withFieldValue("line", line)
                            .build()))
        .setRowSchema(schema);
  }

  private static String fields(Schema rows) {
    StringBuilder fields = new StringBuilder();
    for (Field field : rows.getFields()) {
      fields.append(fields.isEmpty() ? "" : ", ").append(field.getName());
      fields.append(' ').append(field.getType().getTypeName());
    }
    return fields.toString();
  }
}
