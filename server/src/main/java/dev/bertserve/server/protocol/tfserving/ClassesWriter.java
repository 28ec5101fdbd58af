package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.PieceSink;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Writes a pair of label and score for each value of the first output. Owns the prediction. */
final class ClassesWriter implements Payload {

  private static final String NO_LABEL = "";

  private final Prediction prediction;
  private final int classes;
  private final PieceSink sink = new PieceSink();

  private @Nullable JsonWriter started;

  /** Index of the next value among those of all rows. */
  private int at;

  ClassesWriter(Prediction prediction) {
    this.prediction = prediction;
    this.classes = prediction.outputs().get(0).rowSize();
  }

  @Override
  public boolean writeTo(OutputStream piece) throws IOException {
    sink.begin(piece);
    JsonWriter json = started;
    if (json == null) {
      json = new JsonWriter(sink);
      started = json;
      json.beginObject();
      json.name("results");
      json.beginArray();
    }
    float[] scores = prediction.values().get(0);
    for (; at < prediction.rows() * classes; at++) {
      if (sink.isFull()) {
        return true;
      }
      writeClass(json, scores[at]);
    }
    json.endArray();
    json.endObject();
    json.close();
    return false;
  }

  private void writeClass(JsonWriter json, float score) throws IOException {
    if (at % classes == 0) {
      json.beginArray();
    }
    json.beginArray();
    json.value(NO_LABEL);
    TfNumbers.TEXT.write(json, score);
    json.endArray();
    if ((at + 1) % classes == 0) {
      json.endArray();
    }
  }

  @Override
  public void close() {
    prediction.close();
  }
}
