package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.NumberText;
import dev.bertserve.server.protocol.rows.PieceSink;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.rows.TensorWriter;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code {"outputs": ...}}, output by output: the only one as a bare tensor, several as an
 * object by name. Stops after the value that fills a piece. Owns the prediction.
 */
final class ColumnsWriter implements Payload {

  private final Prediction prediction;
  private final NumberText numbers;
  private final PieceSink sink = new PieceSink();

  private @Nullable JsonWriter started;
  private @Nullable TensorWriter current;
  private int output;
  private int row;

  ColumnsWriter(Prediction prediction, NumberText numbers) {
    this.prediction = prediction;
    this.numbers = numbers;
  }

  @Override
  public boolean writeTo(OutputStream piece) throws IOException {
    sink.begin(piece);
    boolean named = prediction.outputs().size() > 1;
    JsonWriter json = started;
    if (json == null) {
      json = new JsonWriter(sink);
      started = json;
      json.beginObject();
      json.name("outputs");
      if (named) {
        json.beginObject();
      }
    }
    for (; output < prediction.outputs().size(); output++) {
      if (!writeOutput(json)) {
        return true;
      }
    }
    if (named) {
      json.endObject();
    }
    json.endObject();
    json.close();
    return false;
  }

  /** Returns whether the current output is complete; if not, the piece is full. */
  private boolean writeOutput(JsonWriter json) throws IOException {
    if (row == 0 && current == null) {
      begin(json);
    }
    for (; row < prediction.rows(); row++) {
      if (sink.isFull() || !Objects.requireNonNull(current).write(json, row, sink)) {
        return false;
      }
    }
    json.endArray();
    current = null;
    row = 0;
    return true;
  }

  private void begin(JsonWriter json) throws IOException {
    if (prediction.outputs().size() > 1) {
      json.name(prediction.outputs().get(output).name());
    }
    json.beginArray();
    current =
        new TensorWriter(
            prediction.outputs().get(output),
            prediction.values().get(output),
            PredictionForm.TENSOR,
            numbers);
  }

  @Override
  public void close() {
    prediction.close();
  }
}
