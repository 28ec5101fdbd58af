package dev.bertserve.server.bulk;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetWriter;
import org.apache.parquet.avro.AvroWriteSupport;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.io.OutputFile;

/** Writes Parquet, whose index is at the end, so that a file cannot grow. */
public final class ParquetFile {

  /** A row group is in memory until it is written. */
  private static final long GROUP_BYTES = 16 << 20;

  private ParquetFile() {}

  /**
   * Returns a writer of records with {@code schema}, compressed by zstd, whose {@code close} ends
   * the file. A file that is there is replaced.
   */
  public static ParquetWriter<GenericRecord> writer(OutputFile target, Schema schema)
      throws IOException {
    ParquetConfiguration settings = new PlainParquetConfiguration();
    settings.setBoolean(AvroWriteSupport.WRITE_OLD_LIST_STRUCTURE, false);
    return AvroParquetWriter.<GenericRecord>builder(target)
        .withSchema(schema)
        .withDataModel(GenericData.get())
        .withConf(settings)
        .withCodecFactory(new ParquetCodecs())
        .withCompressionCodec(CompressionCodecName.ZSTD)
        .withRowGroupSize(GROUP_BYTES)
        .withWriteMode(ParquetFileWriter.Mode.OVERWRITE)
        .build();
  }

  /** Writes the records of an Avro file to {@code target}, which it replaces. */
  static void write(Path avro, Path target) throws IOException {
    try (Records records = new AvroRecords(FileBytes.of(avro));
        ParquetWriter<GenericRecord> writer =
            writer(new LocalOutputFile(target), records.schema())) {
      for (GenericRecord row = records.next(); row != null; row = records.next()) {
        writer.write(row);
      }
    }
  }
}
