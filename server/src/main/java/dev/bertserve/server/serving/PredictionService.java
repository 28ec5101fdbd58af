package dev.bertserve.server.serving;

import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The model as protocols use it. Any thread; never blocks. */
public interface PredictionService {

  /** Name of the signature, as in the SavedModel. */
  String signatureName();

  /** Inputs and outputs of the signature. */
  ModelSignature signature();

  /**
   * Throws OVERLOADED if not even one row would be admitted, and DEADLINE_EXCEEDED if the deadline
   * of {@code caller} has passed, so that the body need not be parsed.
   */
  void requireRoom(Caller caller);

  /**
   * Largest number of rows of a request: its rows and their outputs must fit within the limits in
   * flight.
   */
  int maxRows();

  /**
   * Scores the rows, in order. Throws, or fails the stage, with a {@link
   * dev.bertserve.server.failure.ServingException}; a rejected request leaves nothing in flight.
   * The caller closes the prediction.
   */
  CompletionStage<Prediction> predict(PredictRequest request);

  /** The same; the prediction is passed to {@code owner}, which closes it unless it throws. */
  default <T> CompletionStage<T> predict(PredictRequest request, Function<Prediction, T> owner) {
    return predict(request).thenApply(prediction -> prediction.handTo(owner));
  }
}
