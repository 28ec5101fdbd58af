package dev.bertserve.server.tensorflow;

import dev.bertserve.server.rewrite.Target;

/**
 * What an engine has to know of its graph.
 *
 * @param fewTokens tiles of no more run in ops of their own, since a fused op packs its weights as
 *     its first tile needs them, and packs them anew for each that needs them otherwise; 0 for one
 *     set of ops
 * @param inHalves whether two threads have something to compute at the same time
 */
record GraphForm(int fewTokens, boolean inHalves) {

  static final GraphForm AS_EXPORTED = new GraphForm(0, false);

  /** Up to here oneDNN packs float32 weights otherwise than beyond; bfloat16 ones in one way. */
  static final int FEW_TOKENS_IN_FLOAT32 = 95;

  static GraphForm of(Target target, Precision precision) {
    boolean few = target != Target.PLAIN && precision == Precision.FP32;
    return new GraphForm(few ? FEW_TOKENS_IN_FLOAT32 : 0, target == Target.ONE_DNN_IN_HALVES);
  }
}
