package dev.bertserve.server.tensorflow;

/**
 * How a kind of device likes tiles cut. Constants, so that the same batch is cut alike in every
 * process and its answers are the same.
 *
 * @param tokens most of a tile, padding included; a longer row is a tile of its own
 * @param tileCost tokens that cost as much as one more tile
 * @param lengthStep between lengths below {@code stepsEnd}
 * @param stepsEnd from here on, lengths are powers of two and {@code lengthsPerDoubling} steps
 *     between
 * @param lengthsPerDoubling at least 1
 * @param rowsFactor each class of rows has so many times the next smaller one's
 * @param slots most rows that a tile has room for where sequences hold several
 */
record TileRule(
    int tokens,
    int tileCost,
    int lengthStep,
    int stepsEnd,
    int lengthsPerDoubling,
    int rowsFactor,
    int slots) {

  /**
   * Tiles beyond 512 tokens gain nothing; BERT-base has a cost of about 10, narrow models 100. The
   * last layer works on slots, and packs its weights as for few tokens.
   */
  static final TileRule OF_CPUS =
      new TileRule(512, 32, 4, 48, 4, 2, GraphForm.FEW_TOKENS_IN_FLOAT32);

  /**
   * A batch is a tile or a few, of few shapes. Not measured: what launching some 200 kernels takes
   * is reckoned as 512 tokens.
   */
  static final TileRule OF_GPUS = new TileRule(8_192, 512, 8, 32, 2, 4, 256);

  /** The same for tiles of {@code most} tokens; 0 for as many as this has. */
  TileRule atMost(int most) {
    return most == 0
        ? this
        : new TileRule(most, tileCost, lengthStep, stepsEnd, lengthsPerDoubling, rowsFactor, slots);
  }
}
