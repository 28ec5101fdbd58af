package dev.bertserve.tokenizer;

/** The arithmetic between a syllable and its two or three jamo. */
final class Hangul {

  static final int VOWEL_BASE = 0x1161;

  private static final int SYLLABLE_BASE = 0xAC00;
  private static final int LEADING_BASE = 0x1100;
  private static final int TRAILING_BASE = 0x11A7;
  private static final int LEADINGS = 19;
  private static final int VOWELS = 21;
  private static final int TRAILINGS = 28;
  private static final int SYLLABLES = LEADINGS * VOWELS * TRAILINGS;

  private Hangul() {}

  static int leading(int syllable) {
    return LEADING_BASE + (syllable - SYLLABLE_BASE) / (VOWELS * TRAILINGS);
  }

  static int vowel(int syllable) {
    return VOWEL_BASE + (syllable - SYLLABLE_BASE) % (VOWELS * TRAILINGS) / TRAILINGS;
  }

  static boolean hasTrailing(int syllable) {
    return (syllable - SYLLABLE_BASE) % TRAILINGS != 0;
  }

  static int trailing(int syllable) {
    return TRAILING_BASE + (syllable - SYLLABLE_BASE) % TRAILINGS;
  }

  /** Whether {@code syllable} is one, and {@code jamo} are its two or three. */
  static boolean isFormOf(int syllable, int[] jamo) {
    int composed = Composition.NONE;
    for (int i = 1; i < jamo.length; i++) {
      composed = compose(i == 1 ? jamo[0] : composed, jamo[i]);
    }
    return composed == syllable;
  }

  /** The syllable of a leading and a vowel, or of a syllable without trailing and a trailing. */
  static int compose(int first, int second) {
    int leading = first - LEADING_BASE;
    int vowel = second - VOWEL_BASE;
    if (0 <= leading && leading < LEADINGS && 0 <= vowel && vowel < VOWELS) {
      return SYLLABLE_BASE + (leading * VOWELS + vowel) * TRAILINGS;
    }
    int syllable = first - SYLLABLE_BASE;
    int trailing = second - TRAILING_BASE;
    if (0 <= syllable
        && syllable < SYLLABLES
        && syllable % TRAILINGS == 0
        && 0 < trailing
        && trailing < TRAILINGS) {
      return first + trailing;
    }
    return Composition.NONE;
  }
}
