package dev.bertserve.bulk.pipeline;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.JsonToRow;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.transforms.Reshuffle;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PCollectionTuple;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TupleTagList;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Files of text, which may be compressed if their names tell it. */
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
        read(pipeline, pattern).apply("Parse", JsonToRow.withExceptionReporting(columns.stated()));
    PCollection<String> badLines =
        parsed
            .getFailedToParseLines()
            .apply(
                "Bad lines",
                MapElements.into(TypeDescriptors.strings()).via(bad -> bad.getString("line")));
    return new InputRows(parsed.getResults(), Optional.of(badLines), "a JSON object");
  }

  /**
   * Records of CSV or TSV with a header, which may have many lines: a worker reads a file whole.
   */
  static InputRows table(Pipeline pipeline, String pattern, char separator, Columns columns) {
    Schema schema = columns.stated();
    requireColumns(pattern, separator, schema);
    PCollectionTuple read =
        pipeline
            .apply("Match", FileIO.match().filepattern(pattern))
            .apply("Open", FileIO.readMatches())
            .apply(
                "Read",
                ParDo.of(new ReadTable(schema, separator))
                    .withOutputTags(ReadTable.ROWS, TupleTagList.of(ReadTable.BAD)));
    return new InputRows(
        // All workers score the rows of one file
        read.get(ReadTable.ROWS).setRowSchema(schema).apply("Spread", Reshuffle.viaRandomKey()),
        Optional.of(read.get(ReadTable.BAD)),
        "a record");
  }

  /** Reads the header of the first file; one without records is left to the workers. */
  private static void requireColumns(String pattern, char separator, Schema columns) {
    try {
      ResourceId file = RecordFiles.first(pattern).resourceId();
      Compression packing = Compression.detect(file.getFilename());
      try (CsvReader<NamedCsvRecord> records =
          ReadTable.open(packing.readDecompressed(FileSystems.open(file)), separator)) {
        records.stream()
            .findFirst()
            .ifPresent(row -> ReadTable.requireColumns(columns, row.getHeader()));
      }
    } catch (IOException | CsvParseException e) {
      throw RecordFiles.unreadable(pattern, e);
    }
  }

  private static PCollection<String> read(Pipeline pipeline, String pattern) {
    return pipeline.apply("Read", TextIO.read().from(pattern));
  }
}
