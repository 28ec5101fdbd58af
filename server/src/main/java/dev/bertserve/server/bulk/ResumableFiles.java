package dev.bertserve.server.bulk;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An output file, and a file of faults. Whole lines of an earlier run are kept, and an incomplete
 * last line is removed. Faults are written before the rows of the same group, so a row after a
 * fault is never written without it.
 */
final class ResumableFiles implements ScoredOutput.Target {

  private static final Pattern FAULT = Pattern.compile("\\{\"line\":(\\d+),.*");

  private final Path file;
  private final Path faultFile;
  private @Nullable FileChannel scored;
  private @Nullable FileChannel faults;
  private long failed;

  ResumableFiles(Path file) {
    this.file = file;
    this.faultFile = file.resolveSibling(file.getFileName() + ".errors");
  }

  /** Compares the instances of the output with those of {@code rows}, up to its last whole line. */
  @Override
  public RowSource.@Nullable Raw resume(RowSource rows) throws IOException {
    NavigableMap<Long, Long> ends = faultEnds();
    long end = 0;
    long lines = 0;
    RowSource.Raw next = null;
    if (Files.exists(file)) {
      try (Lines written = new Lines(file)) {
        for (String line = written.next(); line != null; line = written.next()) {
          lines++;
          do {
            next = rows.next();
          } while (next != null && ends.containsKey(next.number()));
          if (next == null || !line.startsWith("{\"instance\":" + next.json() + ",\"")) {
            throw new IllegalArgumentException(
                file + ": line " + lines + " (expected: the row of this input, or a new file)");
          }
          end = written.end();
        }
      }
    }
    next = rows.next();
    while (next != null && ends.containsKey(next.number())) {
      next = rows.next();
    }
    Map.Entry<Long, Long> last = next == null ? ends.lastEntry() : ends.lowerEntry(next.number());
    failed = next == null ? ends.size() : ends.headMap(next.number()).size();
    scored = appending(file, end);
    if (last != null || Files.exists(faultFile)) {
      faults = appending(faultFile, last == null ? 0 : last.getValue());
    }
    return next;
  }

  /** Where the line of each faulty row ends. */
  private NavigableMap<Long, Long> faultEnds() throws IOException {
    NavigableMap<Long, Long> ends = new TreeMap<>();
    if (Files.exists(faultFile)) {
      try (Lines written = new Lines(faultFile)) {
        for (String line = written.next(); line != null; line = written.next()) {
          Matcher fault = FAULT.matcher(line);
          if (!fault.matches()) {
            throw new IllegalArgumentException(
                faultFile + ": " + line + " (expected: errors of this command, or a new file)");
          }
          ends.put(Long.valueOf(fault.group(1)), written.end());
        }
      }
    }
    return ends;
  }

  @Override
  public long failed() {
    return failed;
  }

  @Override
  public void write(byte[] lines, byte[] errors) throws IOException {
    if (errors.length > 0) {
      if (faults == null) {
        faults = appending(faultFile, 0);
      }
      writeFully(faults, errors);
    }
    if (scored != null) {
      writeFully(scored, lines);
    }
  }

  private static FileChannel appending(Path file, long end) throws IOException {
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    channel.truncate(end);
    channel.position(end);
    return channel;
  }

  private static void writeFully(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  @Override
  public void close() throws IOException {
    if (scored != null) {
      scored.close();
    }
    if (faults != null) {
      faults.close();
    }
  }

  /** The lines of a file that have an end. */
  private static final class Lines implements AutoCloseable {

    private final InputStream in;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private long end;

    Lines(Path file) throws IOException {
      in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    }

    @Nullable String next() throws IOException {
      line.reset();
      for (int b = in.read(); b >= 0; b = in.read()) {
        if (b == '\n') {
          end += line.size() + 1;
          return line.toString(StandardCharsets.UTF_8);
        }
        line.write(b);
      }
      return null;
    }

    /** Offset after the last line. */
    long end() {
      return end;
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }
}
