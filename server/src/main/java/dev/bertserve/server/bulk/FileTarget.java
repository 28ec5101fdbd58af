package dev.bertserve.server.bulk;

import dev.bertserve.server.failure.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * An output file, a file of faults, and a file that says how far both are whole. What was written
 * after that is cut off by the next run, which scores those rows again. All three are on disk
 * before the next rows are written, so that a machine that fails loses no more than a process.
 *
 * <p>Parquet cannot grow: its rows wait in an Avro file beside it.
 */
final class FileTarget implements OutputTarget {

  private final Path file;
  private final boolean parquet;
  private final Path rowsFile;
  private final Path faultFile;
  private final Path stateFile;
  private final Packing packing;
  private final String settings;
  private RunState state;
  private @Nullable FileChannel scored;
  private @Nullable FileChannel faults;

  /**
   * @param settings what the output depends on; a run continues one of the same settings
   */
  FileTarget(Path file, boolean parquet, Packing packing, String settings) {
    this.file = file;
    this.parquet = parquet;
    this.rowsFile = parquet ? beside(".rows") : file;
    this.faultFile = beside(".errors");
    this.stateFile = beside(".state");
    this.packing = packing;
    this.settings = settings;
    this.state = RunState.start(settings);
  }

  private Path beside(String suffix) {
    return file.resolveSibling(file.getFileName() + suffix);
  }

  @Override
  public RunState resume(byte[] header) throws IOException {
    if (Files.exists(stateFile) && (Files.exists(rowsFile) || Files.exists(file))) {
      state = RunState.read(stateFile);
      if (state.rows() == 0) {
        // Nothing was scored, perhaps since the arguments were wrong
        state = RunState.start(settings);
      }
      if (!state.settings().equals(settings)) {
        throw new IllegalArgumentException(
            file
                + ": begun with "
                + state.settings()
                + " (expected: "
                + settings
                + ", or a new file)");
      }
      if (state.finished()) {
        deleteWaitingRows();
        return state;
      }
    } else {
      Path folder = file.toAbsolutePath().getParent();
      if (folder == null || !Files.isDirectory(folder)) {
        throw new IllegalArgumentException(
            "output: " + file + " (expected: in a folder that exists)");
      }
      if (Files.exists(file) && Files.size(file) > 0) {
        throw new IllegalArgumentException(
            file + ": exists without " + stateFile.getFileName() + " (expected: a new file)");
      }
      Files.deleteIfExists(faultFile);
      // First: a later run rejects an output file that has no state
      state.write(stateFile);
    }
    open(header);
    return state;
  }

  private void open(byte[] header) throws IOException {
    scored = appending(rowsFile, state.scoredBytes());
    if (state.faultBytes() > 0 || Files.exists(faultFile)) {
      faults = appending(faultFile, state.faultBytes());
    }
    if (state.scoredBytes() == 0) {
      write(header, new byte[0], 0, 0, state.checksum());
    }
  }

  @Override
  public void write(byte[] rows, byte[] errors, int count, int failed, int checksum)
      throws IOException {
    if (errors.length > 0 && faults == null) {
      faults = appending(faultFile, state.faultBytes());
    }
    long scoredBytes = append(rowsFile, scored, packing.packed(rows), state.scoredBytes());
    long faultBytes = append(faultFile, faults, errors, state.faultBytes());
    state =
        new RunState(
            settings,
            state.rows() + count,
            checksum,
            state.failed() + failed,
            scoredBytes,
            faultBytes,
            false);
    state.write(stateFile);
  }

  @Override
  public void finish() throws IOException {
    if (state.finished()) {
      return;
    }
    if (parquet) {
      Path next = beside(".new");
      ParquetFile.write(rowsFile, next);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
    state = state.finish();
    state.write(stateFile);
    deleteWaitingRows();
  }

  private void deleteWaitingRows() throws IOException {
    if (parquet) {
      Files.deleteIfExists(rowsFile);
    }
  }

  private static FileChannel appending(Path path, long end) throws IOException {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.size() < end) {
      long size = channel.size();
      channel.close();
      throw new IllegalArgumentException(
          path + ": " + size + " bytes (expected: at least " + end + ", or a new file)");
    }
    channel.truncate(end);
    channel.position(end);
    return channel;
  }

  /** Returns where the file ends. */
  private static long append(Path file, @Nullable FileChannel channel, byte[] bytes, long end)
      throws IOException {
    if (channel == null || bytes.length == 0) {
      return end;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(false);
    } catch (IOException e) {
      // Such as a full disk, which the system's message does not name
      throw new IOException(file + ": " + Reason.of(e), e);
    }
    return end + bytes.length;
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
}
