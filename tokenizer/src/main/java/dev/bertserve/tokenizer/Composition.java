package dev.bertserve.tokenizer;

/** Which two code points become one in composed text, where neither is a mark. Immutable. */
final class Composition {

  /** What {@link #of} answers for two code points that stay two. */
  static final int NONE = -1;

  private final int[] triples;
  private final int lowestSecond;

  /** Takes ownership of {@code triples} of first, second and composed code point. */
  Composition(int[] triples) {
    this.triples = triples;
    int lowest = Hangul.VOWEL_BASE;
    for (int i = 1; i < triples.length; i += 3) {
      lowest = Math.min(lowest, triples[i]);
    }
    this.lowestSecond = lowest;
  }

  int of(int first, int second) {
    if (second < lowestSecond || first < lowestSecond) {
      return NONE;
    }
    int syllable = Hangul.compose(first, second);
    if (syllable != NONE) {
      return syllable;
    }
    for (int i = 0; i < triples.length; i += 3) {
      if (triples[i] == first && triples[i + 1] == second) {
        return triples[i + 2];
      }
    }
    return NONE;
  }
}
