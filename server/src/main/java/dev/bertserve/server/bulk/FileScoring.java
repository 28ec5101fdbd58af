package dev.bertserve.server.bulk;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;

/**
 * Scores rows in order. Several groups are in flight, so that batches are full. A row that cannot
 * be scored does not affect the others. One thread.
 */
public final class FileScoring {

  /** Rows in flight: {@link #GROUPS} groups of at most this many. */
  private static final int GROUP_ROWS = 512;

  private static final int GROUPS = 8;

  /** Texts and outputs of a group. */
  private static final long GROUP_BYTES = 4 << 20;

  private final JoinedRows source;
  private final OutputChoice choice;
  private final PredictionService model;
  private final InstanceParser parser;
  private final int groupRows;

  public FileScoring(JoinedRows source, PredictionService model, OutputChoice choice) {
    this.source = source;
    this.choice = choice;
    this.model = model;
    this.parser = new InstanceParser(model.signature().inputs());
    long rowBytes = 1;
    for (OutputSpec output : model.signature().outputs()) {
      rowBytes += (long) Double.BYTES * output.rowSize();
    }
    this.groupRows = (int) Math.max(1, Math.min(GROUP_ROWS, GROUP_BYTES / rowBytes));
  }

  /**
   * Writes all rows that the output does not have yet.
   *
   * @param written gets the number of rows after each group
   * @return number of rows that cannot be scored, in all runs
   */
  public long run(LongConsumer written) throws IOException {
    try (ScoredOutput output = ScoredOutput.open(choice, source, model.signature())) {
      RunState done = output.resume();
      skip(done);
      if (done.finished()) {
        return output.failed();
      }
      ArrayDeque<Group> groups = new ArrayDeque<>();
      boolean more = true;
      while (more || !groups.isEmpty()) {
        while (more && groups.size() < GROUPS) {
          Group group = nextGroup();
          more = !group.rows.isEmpty();
          if (more) {
            groups.add(group);
          }
        }
        if (!groups.isEmpty()) {
          Group group = groups.remove();
          add(group, output);
          output.write(group.checksum);
          written.accept(group.rows.size());
        }
      }
      output.finish();
      return output.failed();
    }
  }

  /** Reads the rows that are written already. */
  private void skip(RunState done) throws IOException {
    while (source.read() < done.rows() && source.next() != null) {}
    boolean same = source.read() == done.rows() && source.checksum() == done.checksum();
    if (!same || (done.finished() && source.next() != null)) {
      throw new IllegalArgumentException(
          "output: has "
              + done.rows()
              + (done.finished() ? " rows, all of their input" : " rows")
              + " (expected: the first rows of this input, or a new file)");
    }
  }

  /** Rows that are scored together: those of {@code rows} that are not faulty. */
  private record Group(
      List<FileRow> rows, CompletableFuture<Prediction> prediction, int checksum) {}

  private Group nextGroup() throws IOException {
    List<FileRow> rows = new ArrayList<>();
    List<FileRow> good = new ArrayList<>();
    long bytes = 0;
    while (rows.size() < groupRows && bytes < GROUP_BYTES) {
      RowSource.Raw raw = source.next();
      if (raw == null) {
        break;
      }
      FileRow row = parser.parse(raw, source.file());
      rows.add(row);
      bytes += row.bytes();
      if (!row.isFaulty()) {
        good.add(row);
      }
    }
    return new Group(rows, predict(good), source.checksum());
  }

  private CompletableFuture<Prediction> predict(List<FileRow> rows) {
    if (rows.isEmpty()) {
      return CompletableFuture.completedFuture(Prediction.empty(model.signature()));
    }
    try {
      return model.predict(request(rows)).toCompletableFuture();
    } catch (ServingException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private PredictRequest request(List<FileRow> rows) {
    List<String[]> texts = new ArrayList<>(rows.size());
    for (FileRow row : rows) {
      texts.add(row.texts().toArray(String[]::new));
    }
    List<Column> others = new ArrayList<>();
    List<InputSpec> specs = model.signature().others();
    for (int i = 0; i < specs.size(); i++) {
      int size = specs.get(i).rowSize();
      Column column = Column.ofSize(specs.get(i).type(), Math.multiplyExact(rows.size(), size));
      for (int row = 0; row < rows.size(); row++) {
        rows.get(row).others().get(i).copyTo(0, column, row * size, size);
      }
      others.add(column);
    }
    return new PredictRequest(texts, others, Caller.inProcess(System.nanoTime()));
  }

  private void add(Group group, ScoredOutput output) throws IOException {
    try (Prediction prediction = join(group.prediction)) {
      output.add(group.rows, prediction);
    } catch (ServingException e) {
      if (e.kind() == FailureKind.UNAVAILABLE) {
        throw e;
      }
      for (FileRow row : group.rows) {
        addAlone(row, output);
      }
    }
  }

  private void addAlone(FileRow row, ScoredOutput output) throws IOException {
    try (Prediction prediction = join(predict(row.isFaulty() ? List.of() : List.of(row)))) {
      output.add(List.of(row), prediction);
    } catch (ServingException e) {
      if (e.kind() == FailureKind.UNAVAILABLE) {
        throw e;
      }
      output.add(List.of(row.faulty(Reason.of(e))), Prediction.empty(model.signature()));
    }
  }

  private static Prediction join(CompletableFuture<Prediction> prediction) {
    try {
      return prediction.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof ServingException failure) {
        throw failure;
      }
      throw e;
    }
  }
}
