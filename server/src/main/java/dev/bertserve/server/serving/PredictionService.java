package dev.bertserve.server.serving;

import java.util.concurrent.CompletionStage;

/** What a protocol may ask of the model. Any thread; never blocks. */
public interface PredictionService {

  /** What the model takes and gives; throws UNAVAILABLE while no model is loaded. */
  ModelSignature signature();

  /** Throws OVERLOADED while not even one row would be let in: nothing has to be read then. */
  void requireRoom();

  /** Rows that one request may have: no more than have ever room, nor than whose answers have. */
  int maxRows();

  /**
   * Scores the rows, in order. Throws, or fails the stage, with a {@link
   * dev.bertserve.server.failure.ServingException}; a refused request costs nothing. The caller
   * closes the prediction.
   */
  CompletionStage<Prediction> predict(PredictRequest request);
}
