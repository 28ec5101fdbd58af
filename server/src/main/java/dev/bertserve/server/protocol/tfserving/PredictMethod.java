package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.protocol.rows.RowsForm;
import dev.bertserve.server.protocol.rows.RowsWriter;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.util.List;

/** All outputs, in the form in which the inputs came: row by row, or input by input. */
final class PredictMethod implements TfMethod {

  private static final RowsForm FORM =
      new RowsForm("predictions", PredictionForm.TENSOR, TfNumbers.TEXT);

  @Override
  public PredictBody read(byte[] body, List<InputSpec> inputs, int maxRows) {
    return PredictReader.read(body, inputs, maxRows);
  }

  @Override
  public ServingException unknownSignature(String name) {
    return TfBody.invalid("Serving signature name: \"" + name + "\" not found in signature def");
  }

  @Override
  public void requireAllowed(List<OutputSpec> outputs) {}

  @Override
  public Payload write(Prediction prediction, PredictBody body) {
    return body.columnar()
        ? new ColumnsWriter(prediction, TfNumbers.TEXT)
        : new RowsWriter(prediction, body.rows(), FORM);
  }
}
