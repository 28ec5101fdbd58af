package dev.bertserve.server.tensorflow;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.failure.ServingException;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TFInvalidArgumentException;
import org.tensorflow.exceptions.TFOutOfRangeException;

/** Tells a value of a request that an op rejects, such as an index, from a model that fails. */
final class RejectedValue {

  private static final int MAX_REASON = 200;

  private RejectedValue() {}

  /** Runs {@code runner}, whose graph reads values of requests. */
  static Result run(Session.Runner runner) {
    try {
      return runner.run();
    } catch (TFInvalidArgumentException | TFOutOfRangeException e) {
      String reason = Reason.of(e);
      throw new ServingException(
          FailureKind.INVALID,
          "instances: rejected by the model: "
              + reason.substring(0, Math.min(reason.length(), MAX_REASON)));
    }
  }
}
