package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.Prediction;
import java.util.List;

/** A way to ask a model and to be answered: predict, or, with examples, classify or regress. */
interface TfMethod {

  /**
   * Reads a body. Throws INVALID if it is malformed, and TOO_LARGE for more than {@code maxRows}.
   */
  default PredictBody read(byte[] body, List<InputSpec> inputs, int maxRows) {
    return ExamplesReader.read(body, inputs, maxRows);
  }

  /** The failure of a request for a signature that the model does not have. */
  default ServingException unknownSignature(String name) {
    return TfFaults.noSignature(name);
  }

  /** Throws INVALID if a model with {@code outputs} does not allow this method. */
  void requireAllowed(List<OutputSpec> outputs);

  /** The response; owns the prediction. */
  Payload write(Prediction prediction, PredictBody body);
}
