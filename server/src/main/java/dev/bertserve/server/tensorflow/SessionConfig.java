package dev.bertserve.server.tensorflow;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.ThreadPoolOptionProto;

/** Configuration of sessions. */
final class SessionConfig {

  /**
   * Ops run in the thread of the caller, so runners do not disturb each other. TensorFlow ignores
   * this value in sessions with threads of their own.
   */
  private static final int IN_CALLER = -1;

  /** TensorFlow's graph optimizers take tens of seconds and gigabytes for a large model. */
  private static final GraphOptions GRAPH_AS_IT_IS =
      GraphOptions.newBuilder()
          .setOptimizerOptions(OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
          .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true))
          .build();

  private SessionConfig() {}

  /**
   * Runs the graph unchanged, each op in {@code threadsPerRun} threads.
   *
   * @param sharing number of pool threads that share the ops of a run, unless its options say
   *     otherwise; 0 uses the caller's thread
   */
  static ConfigProto of(int threadsPerRun, int sharing) {
    ConfigProto.Builder config =
        ConfigProto.newBuilder()
            .setInterOpParallelismThreads(IN_CALLER)
            .setIntraOpParallelismThreads(threadsPerRun)
            .setGraphOptions(GRAPH_AS_IT_IS)
            .setGpuOptions(TensorFlowDevices.GPU_OPTIONS);
    if (sharing > 0) {
      config.addSessionInterOpThreadPool(ThreadPoolOptionProto.newBuilder().setNumThreads(sharing));
    }
    return config.build();
  }
}
