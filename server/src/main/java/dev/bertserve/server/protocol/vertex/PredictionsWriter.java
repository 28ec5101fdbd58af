package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/** Writes {@code {"predictions": [...]}}, one entry a row. Owns the prediction. */
final class PredictionsWriter implements Payload {

  private final Prediction prediction;
  private final PredictionForm form;

  PredictionsWriter(Prediction prediction, PredictionForm form) {
    this.prediction = prediction;
    this.form = form;
  }

  @Override
  public void writeTo(OutputStream sink) throws IOException {
    boolean named = form == PredictionForm.OBJECT || prediction.outputs().size() > 1;
    try (JsonWriter json = new JsonWriter(sink)) {
      json.beginObject();
      json.name("predictions");
      json.beginArray();
      for (int row = 0; row < prediction.rows(); row++) {
        if (named) {
          writeObject(json, row);
        } else {
          writeOutput(json, 0, row);
        }
      }
      json.endArray();
      json.endObject();
    }
  }

  @Override
  public void close() {
    prediction.close();
  }

  private void writeObject(JsonWriter json, int row) throws IOException {
    json.beginObject();
    for (int output = 0; output < prediction.outputs().size(); output++) {
      json.name(prediction.outputs().get(output).name());
      writeOutput(json, output, row);
    }
    json.endObject();
  }

  private void writeOutput(JsonWriter json, int output, int row) throws IOException {
    OutputSpec spec = prediction.outputs().get(output);
    float[] values = prediction.values().get(output);
    int size = spec.rowSize();
    if (form == PredictionForm.SCALAR && size == 1) {
      writeNumber(json, spec, values[row]);
      return;
    }
    writeTensor(json, spec, 0, values, row * size, size);
  }

  /** Writes {@code size} values from {@code at} as nested arrays, from {@code axis} inwards. */
  private static void writeTensor(
      JsonWriter json, OutputSpec spec, int axis, float[] values, int at, int size)
      throws IOException {
    List<Integer> shape = spec.rowShape();
    if (axis == shape.size()) {
      writeNumber(json, spec, values[at]);
      return;
    }
    int length = shape.get(axis);
    int stride = length == 0 ? 0 : size / length;
    json.beginArray();
    for (int i = 0; i < length; i++) {
      writeTensor(json, spec, axis + 1, values, at + i * stride, stride);
    }
    json.endArray();
  }

  private static void writeNumber(JsonWriter json, OutputSpec spec, float value)
      throws IOException {
    if (spec.whole()) {
      json.value((long) value);
    } else {
      json.value(value);
    }
  }
}
