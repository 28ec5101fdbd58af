package dev.bertserve.server.protocol.tfserving;

import com.google.protobuf.Message;
import dev.bertserve.proto.tfserving.ModelSpec;
import dev.bertserve.server.protocol.rows.RowList;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.Prediction;
import java.util.function.BiFunction;

/**
 * What is kept of a request message while its rows are scored.
 *
 * @param response makes the response for the model that served it; does not close the prediction
 */
record ScoreMessages<A extends Message>(
    RowList rows, BiFunction<Prediction, ModelSpec, A> response) {

  /** Reads a message. Throws INVALID if it is malformed or the model does not allow it. */
  interface Reader<A extends Message> {
    ScoreMessages<A> read(ModelSignature signature, int maxRows);
  }
}
