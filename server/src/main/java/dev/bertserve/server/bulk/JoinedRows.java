package dev.bertserve.server.bulk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** The rows of all files, one file after the other. One thread. */
public final class JoinedRows implements Closeable {

  private final RowFiles files;
  private final @Nullable RowFormat format;
  private final RowLayout layout;
  private final CRC32C checksum = new CRC32C();
  private int file;
  private RowSource rows;
  private long read;

  private JoinedRows(RowFiles files, @Nullable RowFormat format, RowLayout layout)
      throws IOException {
    this.files = files;
    this.format = format;
    this.layout = layout;
    this.rows = open();
  }

  /**
   * Opens the first file. Owns {@code files} unless this throws.
   *
   * @param format of each file; null for that of its name
   */
  public static JoinedRows open(RowFiles files, @Nullable RowFormat format, RowLayout layout)
      throws IOException {
    return new JoinedRows(files, format, layout);
  }

  private RowSource open() throws IOException {
    String name = files.names().get(file);
    Path path = files.local(file);
    RowFormat chosen = format == null ? RowFormat.of(name) : format;
    chosen.requireLibraries(name);
    if (chosen == RowFormat.PARQUET) {
      if (path == null) {
        throw new IllegalArgumentException(
            "format: parquet on standard input (expected: a file, since its end is read first)");
      }
      return new RecordSource(new ParquetRecords(path), layout);
    }
    FileBytes bytes = FileBytes.of(path);
    return switch (chosen) {
      case TEXT, JSONL -> new LineSource(bytes, chosen == RowFormat.TEXT, layout);
      case CSV -> new TableSource(bytes, ',', layout);
      case TSV -> new TableSource(bytes, '\t', layout);
      case AVRO, PARQUET -> new RecordSource(new AvroRecords(bytes), layout);
    };
  }

  /** The next row; null after the last one of the last file. */
  RowSource.@Nullable Raw next() throws IOException {
    RowSource.Raw raw = rows.next();
    while (raw == null && file + 1 < files.names().size()) {
      List<KeyColumn> keys = keys();
      rows.close();
      file++;
      rows = open();
      if (!keys.equals(keys())) {
        throw new IllegalArgumentException(
            files.names().get(file) + ": keys " + keys() + " (expected: " + keys + ", as before)");
      }
      raw = rows.next();
    }
    if (raw != null) {
      read++;
      checksum.update(raw.json().getBytes(StandardCharsets.UTF_8));
      checksum.update(raw.keys().toString().getBytes(StandardCharsets.UTF_8));
    }
    return raw;
  }

  List<KeyColumn> keys() {
    return rows.keys();
  }

  RowLayout layout() {
    return layout;
  }

  List<String> names() {
    return files.names();
  }

  /** The file of the last row. */
  int file() {
    return file;
  }

  /** Number of rows that were read. */
  long read() {
    return read;
  }

  /** Checksum of the rows that were read. */
  int checksum() {
    return (int) checksum.getValue();
  }

  /** Approximate share of the files that was read; 0 if it is not known. */
  public double share() throws IOException {
    double share = rows.share();
    return share == 0 && file == 0 ? 0 : (file + share) / files.names().size();
  }

  @Override
  public void close() throws IOException {
    try {
      rows.close();
    } finally {
      files.close();
    }
  }
}
