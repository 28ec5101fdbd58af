package dev.bertserve.server.protocol.rows;

import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.io.IOException;
import java.util.List;

/**
 * Writes a prediction row by row: a bare value, or an object of named ones. A row may take several
 * calls.
 */
public final class RowWriter {

  private final List<OutputSpec> specs;
  private final boolean named;
  private final TensorWriter[] outputs;

  /** The output that is written next. */
  private int output;

  /** Writes {@code prediction}, which it does not own. */
  public RowWriter(Prediction prediction, RowsForm form) {
    this.specs = prediction.outputs();
    this.named = form.prediction() == PredictionForm.OBJECT || specs.size() > 1;
    this.outputs = new TensorWriter[specs.size()];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] =
          new TensorWriter(
              specs.get(i), prediction.values().get(i), form.prediction(), form.numbers());
    }
  }

  /** Writes the rest of {@code row}; returns whether it is complete. If not, the piece is full. */
  public boolean write(JsonWriter json, int row, PieceSink sink) throws IOException {
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
        json.name(specs.get(output).name());
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
