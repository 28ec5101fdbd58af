import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterCategory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes one byte for each code point: what the patterns of TensorFlow Text make of it.
 *
 * <p>The patterns run in RE2, whose Unicode tables are newer than those TensorFlow Text normalises
 * by; so this runs with a newer ICU than {@link NormalForms}. The byte's meaning is in {@link
 * NormalForms#kind}.
 */
public final class Categories {

  private static final int CODE_POINTS = 0x110000;

  public static void main(String[] arguments) throws IOException {
    byte[] kinds = new byte[CODE_POINTS];
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      kinds[codePoint] = (byte) kind(codePoint);
    }
    Path file = Path.of(arguments[0]);
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.write(file, kinds);
  }

  /**
   * 'w' of a word, 's' a space, 'a' a token alone by the ranges of the pattern, 'p' by being
   * punctuation, 'm' a mark that lower-casing strips.
   */
  private static char kind(int codePoint) {
    if (standsAlone(codePoint)) {
      return 'a';
    }
    int category = UCharacter.getType(codePoint);
    if (category == ECharacterCategory.NON_SPACING_MARK) {
      return 'm';
    }
    if (isPunctuation(category)) {
      return 'p';
    }
    // RE2's \s is five characters: a space and four controls
    boolean isSpace =
        codePoint == ' '
            || category == ECharacterCategory.CONTROL
            || category == ECharacterCategory.FORMAT;
    return isSpace ? 's' : 'w';
  }

  /** The ranges that the delimiter pattern names: ASCII punctuation and CJK ideographs. */
  private static boolean standsAlone(int codePoint) {
    return isAsciiPunctuation(codePoint)
        || within(codePoint, 0x4E00, 0x9FFF)
        || within(codePoint, 0x3400, 0x4DBF)
        || within(codePoint, 0x20000, 0x2A6DF)
        || within(codePoint, 0x2A700, 0x2B73F)
        || within(codePoint, 0x2B740, 0x2B81F)
        || within(codePoint, 0x2B820, 0x2CEAF)
        || within(codePoint, 0xF900, 0xFAFF)
        || within(codePoint, 0x2F800, 0x2FA1F);
  }

  static boolean isAsciiPunctuation(int codePoint) {
    return within(codePoint, '!', '/')
        || within(codePoint, ':', '@')
        || within(codePoint, '[', '`')
        || within(codePoint, '{', '~');
  }

  /** Whether a general category is one of Unicode's punctuation. */
  static boolean isPunctuation(int category) {
    switch (category) {
      case ECharacterCategory.CONNECTOR_PUNCTUATION:
      case ECharacterCategory.DASH_PUNCTUATION:
      case ECharacterCategory.START_PUNCTUATION:
      case ECharacterCategory.END_PUNCTUATION:
      case ECharacterCategory.INITIAL_PUNCTUATION:
      case ECharacterCategory.FINAL_PUNCTUATION:
      case ECharacterCategory.OTHER_PUNCTUATION:
        return true;
      default:
        return false;
    }
  }

  static boolean within(int codePoint, int first, int last) {
    return first <= codePoint && codePoint <= last;
  }
}
