package dev.bertserve.server.rewrite;

/** The set of ops for which a graph is lowered. */
public enum Target {
  /** {@link #ONE_DNN}, with each layer in two halves that two threads may compute at once. */
  ONE_DNN_IN_HALVES,
  /** Fused ops with oneDNN's kernels, for x86 CPUs. */
  ONE_DNN,
  /** Ops with kernels in every build of TensorFlow, on CPUs and GPUs. */
  PLAIN;

  LayerOps ops(Emitter emit) {
    return switch (this) {
      case ONE_DNN, ONE_DNN_IN_HALVES -> new FusedOps(emit);
      case PLAIN -> new PlainOps(emit);
    };
  }
}
