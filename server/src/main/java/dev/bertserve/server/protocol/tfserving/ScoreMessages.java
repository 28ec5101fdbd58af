package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Message;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Prediction;

/** A request that scores rows, and how it is answered. */
interface ScoreMessages<A extends Message> {

  /** Throws INVALID if the request is malformed or the model does not allow it. */
  RowList rows(ModelSignature signature, int maxRows);

  /** The response; does not close the prediction. */
  A response(Prediction prediction, ModelSpec served);
}
