package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.endpoint.Payload;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Prediction;

/** A way to ask a model and to be answered: predict, classify or regress. */
interface TfMethod {

  /** Reads a body. Throws INVALID if it is malformed or the model does not allow this method. */
  PredictBody read(byte[] body, ModelSignature signature, int maxRows);

  /** The response; owns the prediction. */
  Payload write(Prediction prediction, PredictBody body);
}
