package dev.bertserve.server.bulk;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.NumberText;
import dev.bertserve.server.protocol.rows.PieceSink;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.rows.RowWriter;
import dev.bertserve.server.protocol.rows.RowsForm;
import dev.bertserve.server.serving.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes one line for each row: {@code {"instance":..,"prediction":..}}. Rows that cannot be scored
 * have lines of their own in another place: {@code {"line":..,"error":..}}. One thread.
 */
public final class ScoredOutput implements Closeable {

  private static final byte[] INSTANCE = "{\"instance\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] PREDICTION = ",\"prediction\":".getBytes(StandardCharsets.UTF_8);
  private static final byte[] END = "}\n".getBytes(StandardCharsets.UTF_8);

  private final RowsForm form;
  private final Target target;
  private final ByteArrayOutputStream scored = new ByteArrayOutputStream();
  private final ByteArrayOutputStream faults = new ByteArrayOutputStream();
  private long failed;

  /** Where the lines go. */
  interface Target extends Closeable {

    /** Skips the rows that are there already; returns the first that is not, if one was read. */
    RowSource.@Nullable Raw resume(RowSource rows) throws IOException;

    /** Number of faulty rows that are there already. */
    long failed();

    /** Appends whole lines. */
    void write(byte[] scored, byte[] faults) throws IOException;
  }

  private ScoredOutput(PredictionForm form, Target target) {
    this.form = new RowsForm("", form, NumberText.SHORTEST);
    this.target = target;
  }

  /**
   * Appends to {@code file}, and to {@code file.errors} for rows that cannot be scored; a run that
   * was cut off continues there.
   */
  public static ScoredOutput to(Path file, PredictionForm form) {
    return new ScoredOutput(form, new ResumableFiles(file));
  }

  /** Writes to streams. */
  public static ScoredOutput to(OutputStream scored, OutputStream faults, PredictionForm form) {
    return new ScoredOutput(
        form,
        new Target() {
          @Override
          public RowSource.@Nullable Raw resume(RowSource rows) {
            return null;
          }

          @Override
          public long failed() {
            return 0;
          }

          @Override
          public void write(byte[] lines, byte[] errors) throws IOException {
            faults.write(errors);
            faults.flush();
            scored.write(lines);
            scored.flush();
          }

          @Override
          public void close() throws IOException {
            scored.flush();
          }
        });
  }

  RowSource.@Nullable Raw resume(RowSource rows) throws IOException {
    RowSource.Raw next = target.resume(rows);
    failed = target.failed();
    return next;
  }

  /** Number of rows that could not be scored, in all runs. */
  long failed() {
    return failed;
  }

  /** Writes {@code rows}; {@code prediction} has those that are not faulty. */
  void write(List<FileRow> rows, Prediction prediction) throws IOException {
    RowWriter values = new RowWriter(prediction, form);
    PieceSink sink = new PieceSink();
    int index = 0;
    for (FileRow row : rows) {
      if (row.isFaulty()) {
        writeFault(row);
        failed++;
        continue;
      }
      scored.write(INSTANCE);
      scored.write(row.instance().getBytes(StandardCharsets.UTF_8));
      scored.write(PREDICTION);
      sink.begin(scored);
      try (JsonWriter json = new JsonWriter(sink)) {
        while (!values.write(json, index, sink)) {
          sink.begin(scored);
        }
      }
      scored.write(END);
      index++;
    }
    target.write(scored.toByteArray(), faults.toByteArray());
    scored.reset();
    faults.reset();
  }

  private void writeFault(FileRow row) throws IOException {
    try (JsonWriter json = new JsonWriter(faults)) {
      json.beginObject();
      json.name("line");
      json.value(row.number());
      json.name("error");
      json.value(row.fault());
      json.endObject();
    }
    faults.write('\n');
  }

  @Override
  public void close() throws IOException {
    target.close();
  }
}
