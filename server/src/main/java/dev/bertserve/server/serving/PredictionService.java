package dev.bertserve.server.serving;

import java.util.concurrent.CompletionStage;

/** The model as protocols use it. Any thread; never blocks. */
public interface PredictionService {

  /** Name of the signature, as in the SavedModel. */
  String signatureName();

  /** Inputs and outputs of the signature. */
  ModelSignature signature();

  /**
   * Throws OVERLOADED if not even one row would be admitted, so that the body need not be parsed.
   */
  void requireRoom();

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
}
