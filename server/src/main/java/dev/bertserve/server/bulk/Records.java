package dev.bertserve.server.bulk;

import java.io.Closeable;
import java.io.IOException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/** Records of a file with a schema. One thread. */
interface Records extends Closeable {

  /** All fields of the file. */
  Schema schema();

  /** Reads no other fields than those of {@code fields}; before the first record. */
  void choose(Schema fields) throws IOException;

  /** The next record; null at the end. */
  @Nullable GenericRecord next() throws IOException;

  /** Share of the file that was read; 0 if it is not known. */
  double share() throws IOException;
}
