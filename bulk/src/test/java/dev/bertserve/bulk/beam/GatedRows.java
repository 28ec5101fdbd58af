package dev.bertserve.bulk.beam;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.apache.beam.sdk.coders.Coder;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.coders.StringUtf8Coder;
import org.apache.beam.sdk.io.UnboundedSource;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.joda.time.Instant;

/**
 * A stream of the numbers 0 to {@link #ROWS}, in parts. Each split stops before the second part and
 * those after it until the folder has the file {@code gate-PART}, and appends each number that it
 * emits to the file {@code emitted-SPLIT}. The timestamp of a number is as many milliseconds.
 */
final class GatedRows extends UnboundedSource<String, GatedRows.Mark> {

  static final int PART = 1_000;
  static final int ROWS = 3 * PART;

  private final String folder;
  private final int split;
  private final int splits;

  /** How far a split is. */
  record Mark(int next) implements CheckpointMark, Serializable {

    @Override
    public void finalizeCheckpoint() {}
  }

  private GatedRows(String folder, int split, int splits) {
    this.folder = folder;
    this.split = split;
    this.splits = splits;
  }

  static GatedRows in(String folder) {
    return new GatedRows(folder, 0, 1);
  }

  static Path gate(Path folder, int part) {
    return folder.resolve("gate-" + part);
  }

  static Path emitted(Path folder, int split) {
    return folder.resolve("emitted-" + split);
  }

  @Override
  public List<GatedRows> split(int count, PipelineOptions options) {
    return IntStream.range(0, count).mapToObj(i -> new GatedRows(folder, i, count)).toList();
  }

  @Override
  public UnboundedReader<String> createReader(PipelineOptions options, Mark mark) {
    return new Reader(mark == null ? split : mark.next());
  }

  @Override
  public Coder<Mark> getCheckpointMarkCoder() {
    return SerializableCoder.of(Mark.class);
  }

  @Override
  public Coder<String> getOutputCoder() {
    return StringUtf8Coder.of();
  }

  private final class Reader extends UnboundedReader<String> {

    private int next;
    private int current = -1;

    Reader(int next) {
      this.next = next;
    }

    @Override
    public boolean start() {
      return advance();
    }

    @Override
    public boolean advance() {
      int part = next / PART;
      if (next >= ROWS || (part > 0 && !Files.exists(gate(Path.of(folder), part)))) {
        return false;
      }
      current = next;
      next += splits;
      try {
        Files.writeString(
            emitted(Path.of(folder), split),
            current + "\n",
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return true;
    }

    @Override
    public String getCurrent() {
      if (current < 0) {
        throw new NoSuchElementException();
      }
      return Integer.toString(current);
    }

    @Override
    public Instant getCurrentTimestamp() {
      return Instant.ofEpochMilli(current);
    }

    @Override
    public Instant getWatermark() {
      return next < ROWS ? Instant.ofEpochMilli(next) : BoundedWindow.TIMESTAMP_MAX_VALUE;
    }

    @Override
    public CheckpointMark getCheckpointMark() {
      return new Mark(next);
    }

    @Override
    public GatedRows getCurrentSource() {
      return GatedRows.this;
    }

    @Override
    public void close() {}
  }
}
