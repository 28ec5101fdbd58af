package dev.bertserve.bulk.pipeline;

import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.JsonToRow;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Files with a row a line, which may be compressed if their names tell it. */
final class TextFiles {

  private TextFiles() {}

  /** One text a line. */
  static InputRows lines(Pipeline pipeline, String pattern, Columns columns) {
    List<String> texts = columns.texts();
    if (texts.size() != 1 || !columns.keys().isEmpty()) {
      throw new IllegalArgumentException(
          "input: "
              + pattern
              + " has one column (expected: of a model with one input, and without keys)");
    }
    Schema schema = Schema.builder().addStringField(texts.get(0)).build();
    return InputRows.of(
        read(pipeline, pattern)
            .apply(
                "Rows",
                MapElements.into(TypeDescriptors.rows())
                    .via(line -> Row.withSchema(schema).addValue(line).build()))
            .setRowSchema(schema));
  }

  /** One JSON object a line. */
  static InputRows json(Pipeline pipeline, String pattern, Columns columns) {
    JsonToRow.ParseResult parsed =
        read(pipeline, pattern).apply("Parse", JsonToRow.withExceptionReporting(columns.json()));
    PCollection<String> badLines =
        parsed
            .getFailedToParseLines()
            .apply(
                "Bad lines",
                MapElements.into(TypeDescriptors.strings()).via(bad -> bad.getString("line")));
    return new InputRows(parsed.getResults(), Optional.of(badLines));
  }

  private static PCollection<String> read(Pipeline pipeline, String pattern) {
    return pipeline.apply("Read", TextIO.read().from(pattern));
  }
}
