import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterCategory;
import com.ibm.icu.text.Normalizer2;
import java.util.Set;

/**
 * Code points as Hugging Face's BertNormalizer and BertPreTokenizer see them. Their categories
 * are Unicode 8's, their combining classes Unicode 9's, their decompositions this ICU's, their
 * lower case Unicode 17's.
 */
final class BertNormalizer {

  private static final Normalizer2 NFD = Normalizer2.getNFDInstance();

  private static final int UNICODE_OF_CATEGORIES = 8;
  private static final int UNICODE_OF_ORDERS = 9;

  /** Punctuation of Unicode 8 that is something else today. */
  private static final Set<Integer> ONCE_PUNCTUATION = Set.of(0x166D, 0x111C9);

  /** Marks of today that Unicode 8 did not count as nonspacing. */
  private static final Set<Integer> NOT_YET_MARKS = Set.of(0x1885, 0x1886, 0xA9BD, 0x111C9);

  /** Capitals that this ICU lacks: first, last, distance to the small letter, step. */
  private static final int[][] NEWER_CAPITALS = {
    {0x1C89, 0x1C89, 1, 1},
    {0x2C2F, 0x2C2F, 0x30, 1},
    {0xA7C0, 0xA7C0, 1, 1},
    {0xA7C7, 0xA7C9, 1, 2},
    {0xA7CB, 0xA7CB, 0x264 - 0xA7CB, 1},
    {0xA7CC, 0xA7DA, 1, 2},
    {0xA7DC, 0xA7DC, 0x19B - 0xA7DC, 1},
    {0xA7F5, 0xA7F5, 1, 1},
    {0x10570, 0x1057A, 0x27, 1},
    {0x1057C, 0x1058A, 0x27, 1},
    {0x1058C, 0x10592, 0x27, 1},
    {0x10594, 0x10595, 0x27, 1},
    {0x10D50, 0x10D65, 0x20, 1},
    {0x16EA0, 0x16EB8, 0x1B, 1},
  };

  private BertNormalizer() {}

  static int kind(int codePoint) {
    if (Character.isSurrogate((char) codePoint) && codePoint <= Character.MAX_VALUE) {
      return NormalForms.DROPPED;
    }
    if (codePoint == 0 || codePoint == 0xFFFD) {
      return NormalForms.DROPPED;
    }
    if (UCharacter.isUWhiteSpace(codePoint)
        && (UCharacter.getType(codePoint) != ECharacterCategory.CONTROL
            || codePoint == '\t'
            || codePoint == '\n'
            || codePoint == '\r')) {
      return NormalForms.SPACE;
    }
    if (isIdeograph(codePoint) || isPunctuation(codePoint)) {
      return NormalForms.ALONE;
    }
    return isControl(codePoint) ? NormalForms.DROPPED : NormalForms.WORD;
  }

  static boolean isMark(int codePoint) {
    return UCharacter.getType(codePoint) == ECharacterCategory.NON_SPACING_MARK
        && isKnown(codePoint)
        && !NOT_YET_MARKS.contains(codePoint);
  }

  static int order(int codePoint) {
    return UCharacter.getAge(codePoint).getMajor() <= UNICODE_OF_ORDERS
        ? NFD.getCombiningClass(codePoint)
        : 0;
  }

  static int lowerCase(int codePoint) {
    for (int[] capitals : NEWER_CAPITALS) {
      if (Categories.within(codePoint, capitals[0], capitals[1])
          && (codePoint - capitals[0]) % capitals[3] == 0) {
        return codePoint + capitals[2];
      }
    }
    return UCharacter.toLowerCase(codePoint);
  }

  private static boolean isControl(int codePoint) {
    int type = UCharacter.getType(codePoint);
    return isKnown(codePoint)
        && (type == ECharacterCategory.CONTROL
            || type == ECharacterCategory.FORMAT
            || type == ECharacterCategory.PRIVATE_USE);
  }

  private static boolean isPunctuation(int codePoint) {
    return Categories.isAsciiPunctuation(codePoint)
        || ONCE_PUNCTUATION.contains(codePoint)
        || (Categories.isPunctuation(UCharacter.getType(codePoint)) && isKnown(codePoint));
  }

  private static boolean isIdeograph(int codePoint) {
    return Categories.within(codePoint, 0x4E00, 0x9FFF)
        || Categories.within(codePoint, 0x3400, 0x4DBF)
        || Categories.within(codePoint, 0x20000, 0x2A6DF)
        || Categories.within(codePoint, 0x2A700, 0x2B73F)
        || Categories.within(codePoint, 0x2B740, 0x2B81F)
        || Categories.within(codePoint, 0x2B920, 0x2CEAF)
        || Categories.within(codePoint, 0xF900, 0xFAFF)
        || Categories.within(codePoint, 0x2F800, 0x2FA1F);
  }

  private static boolean isKnown(int codePoint) {
    return UCharacter.getAge(codePoint).getMajor() <= UNICODE_OF_CATEGORIES;
  }
}
