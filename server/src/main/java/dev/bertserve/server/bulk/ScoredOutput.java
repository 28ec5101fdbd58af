package dev.bertserve.server.bulk;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.TopValues;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes scored rows in the format of the output. Rows that cannot be scored have JSON lines of
 * their own in another place: {@code {"line":..,"error":..}}, with the file if there are several.
 * One thread.
 */
final class ScoredOutput implements Closeable {

  private final RowEncoder encoder;
  private final OutputTarget target;
  private final List<String> files;
  private final int scores;
  private final int topK;
  private final ByteArrayOutputStream faults = new ByteArrayOutputStream();
  private int rows;
  private int failedRows;
  private long failed;

  private ScoredOutput(
      RowEncoder encoder, OutputTarget target, List<String> files, int scores, int topK) {
    this.encoder = encoder;
    this.target = target;
    this.files = files;
    this.scores = scores;
    this.topK = topK;
  }

  /** Opens the output of {@code rows}, which an earlier run may have begun. */
  static ScoredOutput open(OutputChoice choice, JoinedRows rows, ModelSignature model) {
    List<OutputSpec> outputs = model.outputs();
    int scores = -1;
    if (choice.topK() > 0) {
      scores = TopValues.scores(outputs);
      if (scores < 0) {
        throw new IllegalArgumentException(
            "top-k: " + choice.topK() + " (expected: a model with an output of several scores)");
      }
      outputs = TopValues.of(Prediction.empty(model), scores, choice.topK()).outputs();
    }
    OutputTable table = OutputTable.of(rows.keys(), model, outputs);
    RowEncoder encoder =
        switch (choice.format()) {
          case TEXT, JSONL -> new JsonEncoder(rows.keys(), choice.form());
          case CSV -> new TableEncoder(table, ',');
          case TSV -> new TableEncoder(table, '\t');
          case AVRO, PARQUET -> new AvroEncoder(table);
        };
    return new ScoredOutput(encoder, choice.target(rows), rows.names(), scores, choice.topK());
  }

  RunState resume() throws IOException {
    RunState state = target.resume(encoder.header());
    failed = state.failed();
    return state;
  }

  /** Number of rows that could not be scored, in all runs. */
  long failed() {
    return failed;
  }

  /** Adds {@code group}; {@code prediction} has those of its rows that are not faulty. */
  void add(List<FileRow> group, Prediction prediction) throws IOException {
    Prediction shown = scores < 0 ? prediction : TopValues.of(prediction, scores, topK);
    List<FileRow> good = new ArrayList<>(group.size());
    for (FileRow row : group) {
      if (row.isFaulty()) {
        addFault(row);
      } else {
        good.add(row);
      }
    }
    encoder.add(good, shown);
    rows += group.size();
  }

  private void addFault(FileRow row) throws IOException {
    failedRows++;
    try (JsonWriter json = new JsonWriter(faults)) {
      json.beginObject();
      if (files.size() > 1) {
        json.name("file");
        json.value(files.get(row.file()));
      }
      json.name("line");
      json.value(row.number());
      json.name("error");
      json.value(row.fault());
      json.endObject();
    }
    faults.write('\n');
  }

  /**
   * Writes what was added.
   *
   * @param checksum of all rows until then
   */
  void write(int checksum) throws IOException {
    target.write(encoder.take(), faults.toByteArray(), rows, failedRows, checksum);
    failed += failedRows;
    rows = 0;
    failedRows = 0;
    faults.reset();
  }

  /** Ends the output: there are no further rows. */
  void finish() throws IOException {
    target.finish();
  }

  @Override
  public void close() throws IOException {
    target.close();
  }
}
