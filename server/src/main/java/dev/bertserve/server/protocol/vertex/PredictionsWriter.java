package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes {@code {"predictions": [...]}}, one entry per row. Stops after the number that fills a
 * piece, and continues there with the next piece. Owns the prediction.
 */
final class PredictionsWriter implements Payload {

  private final Prediction prediction;
  private final boolean named;
  private final TensorWriter[] outputs;
  private final PieceSink sink = new PieceSink();

  private @Nullable JsonWriter started;
  private int row;
  private int output;

  PredictionsWriter(Prediction prediction, PredictionForm form) {
    this.prediction = prediction;
    this.named = form == PredictionForm.OBJECT || prediction.outputs().size() > 1;
    this.outputs = new TensorWriter[prediction.outputs().size()];
    for (int i = 0; i < outputs.length; i++) {
      OutputSpec spec = prediction.outputs().get(i);
      outputs[i] = new TensorWriter(spec, prediction.values().get(i), form);
    }
  }

  @Override
  public boolean writeTo(OutputStream piece) throws IOException {
    sink.begin(piece);
    JsonWriter json = started;
    if (json == null) {
      json = new JsonWriter(sink);
      started = json;
      json.beginObject();
      json.name("predictions");
      json.beginArray();
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
    for (; row < prediction.rows(); row++) {
      if (!writeRow(json)) {
        return false;
      }
    }
    return true;
  }

  private boolean writeRow(JsonWriter json) throws IOException {
    if (!named) {
      return !sink.isFull() && outputs[0].write(json, row, sink);
    }
    for (; output < outputs.length; output++) {
      if (sink.isFull()) {
        return false;
      }
      if (outputs[output].isBetweenRows()) {
        if (output == 0) {
          json.beginObject();
        }
        json.name(prediction.outputs().get(output).name());
      }
      if (!outputs[output].write(json, row, sink)) {
        return false;
      }
    }
    json.endObject();
    output = 0;
    return true;
  }
}
