package dev.bertserve.server.tensorflow;

import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;
import org.tensorflow.proto.ThreadPoolOptionProto;

/** How sessions run a graph. */
final class SessionConfig {

  /**
   * Ops of a run then work in the thread that asks for it, so runners do not disturb each other.
   * TensorFlow heeds it only where sessions share the process's threads.
   */
  private static final int IN_CALLER = -1;

  /** TensorFlow's own graph optimizers cost tens of seconds and gigabytes on a large model. */
  private static final GraphOptions GRAPH_AS_IT_IS =
      GraphOptions.newBuilder()
          .setOptimizerOptions(OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
          .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true))
          .build();

  private SessionConfig() {}

  /**
   * The graph as it is, each op by {@code threadsPerRun} threads.
   *
   * @param sharing threads among which ops of a run are shared, unless the run is told otherwise; 0
   *     for the caller's own
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
