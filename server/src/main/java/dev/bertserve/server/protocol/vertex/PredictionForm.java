package dev.bertserve.server.protocol.vertex;

/** How a row's prediction looks in the answer. */
public enum PredictionForm {
  /** TensorFlow Serving's: one output as its bare tensor, several as an object by name. */
  TENSOR,
  /** As {@link #TENSOR}, but an output of one value is a bare number. */
  SCALAR,
  /** Always an object by output name. */
  OBJECT
}
