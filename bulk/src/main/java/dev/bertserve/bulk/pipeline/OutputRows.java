package dev.bertserve.bulk.pipeline;

import java.util.Map;
import java.util.function.Function;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.extensions.avro.io.AvroIO;
import org.apache.beam.sdk.extensions.avro.schemas.utils.AvroUtils;
import org.apache.beam.sdk.io.Compression;
import org.apache.beam.sdk.io.FileIO;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.Contextful;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.ToJson;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.PDone;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;

/** Writes rows with a schema to files, a part for each shard, or to a table. */
final class OutputRows extends PTransform<PCollection<Row>, PDone> {

  private final transient Place place;
  private final transient BigQueryTables tables;
  private final transient Map<String, Integer> sizes;

  /**
   * @param sizes number of values of each output of the model
   */
  OutputRows(Place place, BigQueryTables tables, Map<String, Integer> sizes) {
    this.place = place;
    this.tables = tables;
    this.sizes = sizes;
  }

  @Override
  public PDone expand(PCollection<Row> rows) {
    switch (place.kind()) {
      case TABLE -> rows.apply("Load", tables.write(place.name()));
      case JSONL -> rows.apply("Lines", ToJson.of()).apply("Write", lines());
      case CSV -> writeTable(rows, ',');
      case TSV -> writeTable(rows, '\t');
      case AVRO -> rows.apply("Write", files(rows.getSchema(), AvroIO::sink));
      case PARQUET -> rows.apply("Write", files(rows.getSchema(), ParquetSink::new));
      case TEXT -> throw new IllegalArgumentException("output: " + place + " (expected: scores)");
    }
    return PDone.in(rows.getPipeline());
  }

  private void writeTable(PCollection<Row> rows, char separator) {
    TableText table = new TableText(rows.getSchema(), sizes, separator);
    rows.apply("Lines", MapElements.into(TypeDescriptors.strings()).via(table::line))
        .apply(
            "Write", lines().withHeader(table.header()).withDelimiter(TableText.END.toCharArray()));
  }

  /** Most runners write no file if there are no rows. */
  private TextIO.TypedWrite<String, Void> lines() {
    Compression compression = Compression.detect(place.ending());
    String ending = place.ending();
    return TextIO.write()
        .to(place.name())
        .withSuffix(
            ending.substring(0, ending.length() - compression.getSuggestedSuffix().length()))
        .withCompression(compression)
        .<Void>withOutputFilenames()
        .skipIfEmpty();
  }

  /**
   * @param sink of records, given their schema in JSON
   */
  private FileIO.Write<Void, Row> files(
      Schema schema, Function<String, FileIO.Sink<GenericRecord>> sink) {
    org.apache.avro.Schema avro = AvroUtils.toAvroSchema(schema);
    int folder = place.name().lastIndexOf('/') + 1;
    return FileIO.<Row>write()
        .via(
            Contextful.fn(AvroUtils.getRowToGenericRecordFunction(avro)),
            sink.apply(avro.toString()))
        .to(folder == 0 ? "." : place.name().substring(0, folder))
        .withPrefix(place.name().substring(folder))
        .withSuffix(place.ending());
  }
}
