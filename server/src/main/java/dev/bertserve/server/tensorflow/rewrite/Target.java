package dev.bertserve.server.tensorflow.rewrite;

/** What a graph is lowered for: which ops it may hold. */
public enum Target {
  /** {@link #ONE_DNN}, each layer in two halves that two threads may compute at once. */
  ONE_DNN_IN_HALVES,
  /** x86 CPUs: fused ops, whose kernels are oneDNN's. */
  ONE_DNN,
  /** Every device: ops that each build of TensorFlow has kernels for, GPUs' included. */
  PLAIN;

  LayerOps ops(Emitter emit) {
    return switch (this) {
      case ONE_DNN, ONE_DNN_IN_HALVES -> new FusedOps(emit);
      case PLAIN -> new PlainOps(emit);
    };
  }
}
