package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code {"predictions": [...]}}, one entry per row, or the same with another name. Stops
 * after the value that fills a piece, and continues there with the next piece. Owns the prediction.
 */
public final class RowsWriter implements Payload {

  private final Prediction prediction;
  private final RowList rows;
  private final String list;
  private final RowWriter writer;
  private final PieceSink sink = new PieceSink();

  private @Nullable JsonWriter started;

  /** Index of the current row in the request, and in the prediction, which lacks null rows. */
  private int row;

  private int scored;

  /** Writes the predictions of {@code rows}. */
  public RowsWriter(Prediction prediction, RowList rows, RowsForm form) {
    this.prediction = prediction;
    this.rows = rows;
    this.list = form.list();
    this.writer = new RowWriter(prediction, form);
  }

  @Override
  public boolean writeTo(OutputStream piece) throws IOException {
    sink.begin(piece);
    JsonWriter json = started;
    if (json == null) {
      json = new JsonWriter(sink);
      started = json;
      json.beginObject();
      json.beginArray(list);
    }
    if (!writeRows(json)) {
      return true;
    }
    json.endArray();
    json.endObject();
    json.close();
    return false;
  }

  @Override
  public void close() {
    prediction.close();
  }

  /** Returns whether all rows are written; if not, the piece is full. */
  private boolean writeRows(JsonWriter json) throws IOException {
    for (; row < rows.size(); row++) {
      if (rows.isNull(row)) {
        json.nullValue();
        continue;
      }
      if (!writer.write(json, scored, sink)) {
        return false;
      }
      scored++;
    }
    return true;
  }
}
