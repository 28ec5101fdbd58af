package dev.bertserve.server.tensorflow;

import dev.bertserve.server.rewrite.Target;

/**
 * Properties of a graph that its engine must know.
 *
 * @param fewTokens batches of at most this number of tokens run in a second set of ops. A fused op
 *     packs its weights for its first batch, and would pack them again for every batch that needs
 *     another layout. 0 means one set of ops
 * @param inHalves whether layers are cut in halves, which two threads can compute at the same time
 */
record GraphForm(int fewTokens, boolean inHalves) {

  static final GraphForm AS_EXPORTED = new GraphForm(0, false);

  /**
   * Up to this number of tokens oneDNN uses another layout of float32 weights than above it. It has
   * only one layout of bfloat16 weights.
   */
  static final int FEW_TOKENS_IN_FLOAT32 = 95;

  static GraphForm of(Target target, Precision precision) {
    boolean few = target != Target.PLAIN && precision == Precision.FP32;
    return new GraphForm(few ? FEW_TOKENS_IN_FLOAT32 : 0, target == Target.ONE_DNN_IN_HALVES);
  }
}
