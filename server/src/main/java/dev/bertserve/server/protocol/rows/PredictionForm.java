package dev.bertserve.server.protocol.rows;

/** JSON form of a row's prediction. */
public enum PredictionForm {
  /** As TensorFlow Serving: one output as a bare tensor, several outputs as an object by name. */
  TENSOR,
  /** As {@link #TENSOR}, but an output of one value is a bare number. */
  SCALAR,
  /** Always an object by output name. */
  OBJECT
}
