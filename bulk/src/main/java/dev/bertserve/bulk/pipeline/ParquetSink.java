package dev.bertserve.bulk.pipeline;

import dev.bertserve.server.bulk.ParquetFile;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.beam.sdk.io.FileIO;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.PositionOutputStream;
import org.jspecify.annotations.Nullable;

/** Writes records as Parquet. */
final class ParquetSink implements FileIO.Sink<GenericRecord> {

  private final String schema;
  private transient @Nullable ParquetWriter<GenericRecord> writer;

  /**
   * @param schema of the records, in JSON
   */
  ParquetSink(String schema) {
    this.schema = schema;
  }

  @Override
  public void open(WritableByteChannel channel) throws IOException {
    writer = ParquetFile.writer(new ChannelFile(channel), new Schema.Parser().parse(schema));
  }

  @Override
  public void write(GenericRecord row) throws IOException {
    Objects.requireNonNull(writer).write(row);
  }

  @Override
  public void flush() throws IOException {
    Objects.requireNonNull(writer).close();
  }

  private record ChannelFile(WritableByteChannel channel) implements OutputFile {

    @Override
    public PositionOutputStream create(long blockSizeHint) {
      return new CountedStream(Channels.newOutputStream(channel));
    }

    @Override
    public PositionOutputStream createOrOverwrite(long blockSizeHint) {
      return create(blockSizeHint);
    }

    @Override
    public boolean supportsBlockSize() {
      return false;
    }

    @Override
    public long defaultBlockSize() {
      return 0;
    }
  }

  /** Beam closes the channel. */
  private static final class CountedStream extends PositionOutputStream {

    private final OutputStream bytes;
    private long position;

    CountedStream(OutputStream bytes) {
      this.bytes = bytes;
    }

    @Override
    public long getPos() {
      return position;
    }

    @Override
    public void write(int value) throws IOException {
      bytes.write(value);
      position++;
    }

    @Override
    public void write(byte[] values, int from, int length) throws IOException {
      bytes.write(values, from, length);
      position += length;
    }

    @Override
    public void flush() throws IOException {
      bytes.flush();
    }
  }
}
