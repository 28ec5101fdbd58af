package dev.bertserve.server.bulk;

import dev.bertserve.server.failure.Reason;
import java.io.Closeable;
import java.io.EOFException;
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
  private long number;
  private long read;

  private JoinedRows(RowFiles files, @Nullable RowFormat format, RowLayout layout)
      throws IOException {
    this.files = files;
    this.format = format;
    this.layout = layout;
    this.rows = open();
  }

  /**
   * Opens the first of {@code files}, which stay the caller's.
   *
   * @param format of each file; null for that of its name
   */
  public static JoinedRows open(RowFiles files, @Nullable RowFormat format, RowLayout layout)
      throws IOException {
    return new JoinedRows(files, format, layout);
  }

  private RowSource open() throws IOException {
    try {
      return openFile();
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
  }

  private RowSource openFile() throws IOException {
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
    RowSource.Raw raw = nextOfFile();
    while (raw == null && file + 1 < files.names().size()) {
      List<KeyColumn> keys = keys();
      rows.close();
      file++;
      number = 0;
      rows = open();
      if (!keys.equals(keys())) {
        throw new IllegalArgumentException(
            files.names().get(file) + ": keys " + keys() + " (expected: " + keys + ", as before)");
      }
      raw = nextOfFile();
    }
    if (raw != null) {
      read++;
      checksum.update(raw.json().getBytes(StandardCharsets.UTF_8));
      checksum.update(raw.keys().toString().getBytes(StandardCharsets.UTF_8));
    }
    return raw;
  }

  private RowSource.@Nullable Raw nextOfFile() throws IOException {
    try {
      RowSource.Raw raw = rows.next();
      number = raw == null ? number : raw.number();
      return raw;
    } catch (IOException | RuntimeException e) {
      throw unreadable(e);
    }
  }

  /**
   * The failure with the name of its file and the number of the last good row. A usage error stays
   * as it is if there is only one file.
   */
  private IOException unreadable(Exception e) {
    if (e instanceof IllegalArgumentException fault && files.names().size() == 1) {
      throw fault;
    }
    // A parser's own message says only where
    Throwable cause = e instanceof RuntimeException && e.getCause() != null ? e.getCause() : e;
    String reason =
        cause instanceof EOFException ? "cut off (expected: a whole file)" : Reason.of(cause);
    String row = number == 0 ? "" : ", after row " + number;
    return new IOException(files.names().get(file) + row + ": " + reason, e);
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
    rows.close();
  }
}
