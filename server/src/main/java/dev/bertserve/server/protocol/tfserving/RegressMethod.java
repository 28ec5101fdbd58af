package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.rows.RowsForm;
import dev.bertserve.server.protocol.rows.RowsWriter;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.util.List;

/** {@code {"results": [x, ...]}}: one number for each example, of the first output that has one. */
final class RegressMethod implements TfMethod {

  private static final RowsForm FORM =
      new RowsForm("results", PredictionForm.SCALAR, TfNumbers.TEXT);

  @Override
  public void requireAllowed(List<OutputSpec> outputs) {
    requireNumber(outputs);
  }

  /** Throws INVALID if the model is no regression. */
  static void requireNumber(List<OutputSpec> outputs) {
    if (output(outputs) < 0) {
      throw TfBody.invalid("regress: no output of one number (expected: one, as of a regression)");
    }
  }

  @Override
  public Payload write(Prediction prediction, PredictBody body) {
    return new RowsWriter(prediction.select(output(prediction.outputs())), body.rows(), FORM);
  }

  /** Index of the output with the number; -1 if there is none. */
  static int output(List<OutputSpec> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      OutputSpec output = outputs.get(i);
      if (output.isComputed() && output.rowSize() == 1 && output.type().isReal()) {
        return i;
      }
    }
    return -1;
  }
}
