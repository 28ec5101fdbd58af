package dev.bertserve.bulk.pipeline;

import dev.bertserve.server.bulk.ChosenFields;
import dev.bertserve.server.bulk.ParquetRecords;
import java.io.IOException;
import java.util.LinkedHashSet;
import org.apache.beam.sdk.extensions.avro.schemas.utils.AvroUtils;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.range.OffsetRange;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.splittabledofn.RestrictionTracker;
import org.apache.beam.sdk.values.Row;

/** Rows of Parquet files. A restriction is a range of row groups, one of which is in memory. */
@DoFn.BoundedPerElement
final class ReadParquet extends DoFn<Metadata, Row> {

  private final Schema schema;

  /**
   * @param schema columns that are read
   */
  ReadParquet(Schema schema) {
    this.schema = schema;
  }

  @GetInitialRestriction
  public OffsetRange groups(@Element Metadata file) throws IOException {
    try (ParquetRecords records = new ParquetRecords(ParquetInput.of(file))) {
      return new OffsetRange(0, records.groups());
    }
  }

  @SplitRestriction
  public void split(@Restriction OffsetRange groups, OutputReceiver<OffsetRange> parts) {
    groups.split(1, 1).forEach(parts::output);
  }

  @ProcessElement
  public void read(
      @Element Metadata file,
      RestrictionTracker<OffsetRange, Long> groups,
      OutputReceiver<Row> rows)
      throws IOException {
    try (ParquetRecords records = new ParquetRecords(ParquetInput.of(file))) {
      records.choose(
          ChosenFields.of(records.schema(), new LinkedHashSet<>(schema.getFieldNames())));
      for (long group = groups.currentRestriction().getFrom(); groups.tryClaim(group); group++) {
        records.read((int) group, record -> rows.output(AvroUtils.toBeamRowStrict(record, schema)));
      }
    }
  }
}
