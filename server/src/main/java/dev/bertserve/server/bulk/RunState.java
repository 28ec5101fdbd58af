package dev.bertserve.server.bulk;

import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;

/**
 * How far a run has come.
 *
 * @param settings arguments that the output depends on
 * @param rows number of rows that are done, from the first one
 * @param checksum of those rows, as they were read
 * @param failed number of them that cannot be scored
 * @param scoredBytes size of the output with them
 * @param faultBytes size of the file of faults with them
 * @param finished whether there are no further rows
 */
record RunState(
    String settings,
    long rows,
    int checksum,
    long failed,
    long scoredBytes,
    long faultBytes,
    boolean finished) {

  static RunState start(String settings) {
    return new RunState(settings, 0, 0, 0, 0, 0, false);
  }

  RunState finish() {
    return new RunState(settings, rows, checksum, failed, scoredBytes, faultBytes, true);
  }

  /** Writes the state to disk, then replaces {@code file} atomically. */
  void write(Path file) throws IOException {
    Properties values = new Properties();
    values.setProperty("settings", settings);
    values.setProperty("rows", Long.toString(rows));
    values.setProperty("checksum", Integer.toString(checksum));
    values.setProperty("failed", Long.toString(failed));
    values.setProperty("scored-bytes", Long.toString(scoredBytes));
    values.setProperty("fault-bytes", Long.toString(faultBytes));
    values.setProperty("finished", Boolean.toString(finished));
    Path next = file.resolveSibling(file.getFileName() + ".new");
    try (FileChannel bytes =
            FileChannel.open(
                next,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        Writer text = Channels.newWriter(bytes, StandardCharsets.UTF_8)) {
      values.store(text, null);
      bytes.force(false);
    }
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  static RunState read(Path file) throws IOException {
    Properties values = new Properties();
    try (Reader text = Files.newBufferedReader(file)) {
      values.load(text);
      return new RunState(
          values.getProperty("settings", ""),
          number(values, "rows"),
          (int) number(values, "checksum"),
          number(values, "failed"),
          number(values, "scored-bytes"),
          number(values, "fault-bytes"),
          Boolean.parseBoolean(values.getProperty("finished")));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          file + ": unreadable (expected: the state of a run, or a new file)", e);
    }
  }

  private static long number(Properties values, String name) {
    return Long.parseLong(values.getProperty(name, ""));
  }
}
