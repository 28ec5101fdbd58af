package dev.bertserve.server.bulk;

import java.io.EOFException;
import java.io.IOException;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Records of an Avro object container file. */
final class AvroRecords implements Records {

  private final FileBytes bytes;
  private final GenericDatumReader<GenericRecord> reader = new GenericDatumReader<>();
  private final DataFileStream<GenericRecord> stream;

  AvroRecords(FileBytes bytes) throws IOException {
    AvroCodecs.register();
    this.bytes = bytes;
    this.stream = new DataFileStream<>(bytes.stream(), reader);
  }

  @Override
  public Schema schema() {
    return stream.getSchema();
  }

  @Override
  public void choose(Schema fields) {
    reader.setExpected(fields);
  }

  @Override
  public @Nullable GenericRecord next() throws IOException {
    try {
      if (stream.hasNext()) {
        return stream.next();
      }
      // A file cut off within a block has no more records at first, but has when asked again
      if (stream.hasNext()) {
        throw new EOFException();
      }
      return null;
    } catch (AvroRuntimeException e) {
      throw new IOException("avro: " + e.getMessage() + " (expected: a whole file)", e);
    }
  }

  @Override
  public double share() throws IOException {
    return bytes.share();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
