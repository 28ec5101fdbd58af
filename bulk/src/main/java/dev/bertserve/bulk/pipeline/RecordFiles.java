package dev.bertserve.bulk.pipeline;

import dev.bertserve.server.bulk.ChosenFields;
import dev.bertserve.server.bulk.ParquetRecords;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.util.Comparator;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.extensions.avro.io.AvroIO;
import org.apache.beam.sdk.extensions.avro.schemas.utils.AvroUtils;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.ParDo;
import org.apache.beam.sdk.values.TypeDescriptors;

/**
 * Files whose schema is in them. That of the first one, by name, is read when the pipeline is
 * built; the others must have the same columns. No other columns are read.
 */
final class RecordFiles {

  private RecordFiles() {}

  /** Throws IllegalArgumentException if no file can be read, or if it lacks a column. */
  static InputRows avro(Pipeline pipeline, String pattern, Columns columns) {
    Schema chosen = ChosenFields.of(avroSchema(pattern), columns.all());
    var schema = AvroUtils.toBeamSchema(chosen);
    return InputRows.of(
        pipeline
            .apply("Read", AvroIO.readGenericRecords(chosen).from(pattern))
            .apply(
                "Rows",
                MapElements.into(TypeDescriptors.rows())
                    .via(AvroUtils.getToRowFunction(GenericRecord.class, chosen)))
            .setRowSchema(schema));
  }

  /** Throws IllegalArgumentException if no file can be read, or if it lacks a column. */
  static InputRows parquet(Pipeline pipeline, String pattern, Columns columns) {
    var schema = AvroUtils.toBeamSchema(ChosenFields.of(parquetSchema(pattern), columns.all()));
    return InputRows.of(
        pipeline
            .apply("Match", FileIO.match().filepattern(pattern))
            .apply("Read", ParDo.of(new ReadParquet(schema)))
            .setRowSchema(schema));
  }

  private static Schema avroSchema(String pattern) {
    try (InputStream bytes =
            Channels.newInputStream(FileSystems.open(first(pattern).resourceId()));
        DataFileStream<GenericRecord> records =
            new DataFileStream<>(bytes, new GenericDatumReader<>())) {
      return records.getSchema();
    } catch (IOException e) {
      throw unreadable(pattern, e);
    }
  }

  private static Schema parquetSchema(String pattern) {
    try (ParquetRecords records = new ParquetRecords(ParquetInput.of(first(pattern)))) {
      return records.schema();
    } catch (IOException | RuntimeException e) {
      throw unreadable(pattern, e);
    }
  }

  /** The first one, by name. */
  static Metadata first(String pattern) throws IOException {
    return FileSystems.match(pattern).metadata().stream()
        .min(Comparator.comparing(file -> file.resourceId().toString()))
        .orElseThrow(() -> new FileNotFoundException("no file"));
  }

  static IllegalArgumentException unreadable(String pattern, Exception cause) {
    return new IllegalArgumentException("input: " + pattern + ": " + cause.getMessage(), cause);
  }
}
