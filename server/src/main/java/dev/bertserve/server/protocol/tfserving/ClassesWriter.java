package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.protocol.rows.PieceSink;
import dev.bertserve.server.protocol.rows.TopValues;
import dev.bertserve.server.protocol.rows.ValueWriter;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes a pair of label and score for each value of the first output of scores. The labels are the
 * first output of as many strings, if there is one. Owns the prediction.
 */
final class ClassesWriter implements Payload {

  private final Prediction prediction;
  private final int classes;
  private final ValueWriter scores;
  private final ValueWriter labels;
  private final PieceSink sink = new PieceSink();

  private @Nullable JsonWriter started;

  /** Index of the next value among those of all rows. */
  private int at;

  ClassesWriter(Prediction prediction) {
    this.prediction = prediction;
    int output = scores(prediction.outputs());
    this.classes = prediction.outputs().get(output).rowSize();
    this.scores = writer(prediction, output);
    int names = TopValues.labels(prediction.outputs(), classes);
    this.labels = names < 0 ? (json, index) -> json.value("") : writer(prediction, names);
  }

  /**
   * Index of the output with the scores, which integers and inputs that are handed through are not;
   * -1 if there is none.
   */
  static int scores(List<OutputSpec> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      OutputSpec output = outputs.get(i);
      if (output.isComputed() && output.type().isReal() && output.rowSize() > 0) {
        return i;
      }
    }
    return -1;
  }

  private static ValueWriter writer(Prediction prediction, int output) {
    return ValueWriter.of(
        prediction.values().get(output), prediction.outputs().get(output).type(), TfNumbers.TEXT);
  }

  @Override
  public boolean writeTo(OutputStream piece) throws IOException {
    sink.begin(piece);
    JsonWriter json = started;
    if (json == null) {
      json = new JsonWriter(sink);
      started = json;
      json.beginObject();
      json.beginArray("results");
    }
    for (; at < prediction.rows() * classes; at++) {
      if (sink.isFull()) {
        return true;
      }
      writeClass(json);
    }
    json.endArray();
    json.endObject();
    json.close();
    return false;
  }

  private void writeClass(JsonWriter json) throws IOException {
    if (at % classes == 0) {
      json.beginArray();
    }
    json.beginArray();
    labels.write(json, at);
    scores.write(json, at);
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
