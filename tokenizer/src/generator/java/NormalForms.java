import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.lang.UCharacterEnums.ECharacterCategory;
import com.ibm.icu.text.Normalizer2;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes the table that the tokenizer looks code points up in: normal form and kind of each.
 *
 * <p>Runs with the ICU whose Unicode version TensorFlow Text normalises by. The layout is described
 * in dev.bertserve.tokenizer.CodepointTable.
 */
public final class NormalForms {

  private static final int CODE_POINTS = 0x110000;
  private static final int BLOCK = 128;
  private static final int MASK = 0x1FFFFF;

  static final int WORD = 0;
  static final int SPACE = 1;
  static final int ALONE = 2;
  static final int DROPPED = 3;
  private static final int SEQUENCE = 4;
  private static final int HANGUL = 5;

  private static final Normalizer2 FOLD = Normalizer2.getNFKCCasefoldInstance();
  private static final Normalizer2 NFD = Normalizer2.getNFDInstance();

  private final byte[] categories;
  private final List<Integer> sequences = new ArrayList<>();
  private final Map<List<Integer>, Integer> offsets = new HashMap<>();

  private NormalForms(byte[] categories) {
    this.categories = categories;
  }

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[1]);
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      new NormalForms(Files.readAllBytes(Path.of(arguments[0]))).write(out);
    }
  }

  private void write(DataOutputStream out) throws IOException {
    int[] kept = new int[CODE_POINTS];
    int[] folded = new int[CODE_POINTS];
    int[] stripped = new int[CODE_POINTS];
    int[] fastKept = new int[CODE_POINTS];
    int[] fastFolded = new int[CODE_POINTS];
    int[] bertKept = new int[CODE_POINTS];
    int[] bertLower = new int[CODE_POINTS];
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      kept[codePoint] = kind(codePoint) == DROPPED ? 0 : kind(codePoint) << 21;
      folded[codePoint] = folded(codePoint);
      fastKept[codePoint] = fastKind(codePoint) == DROPPED ? 0 : fastKind(codePoint) << 21;
      fastFolded[codePoint] = fastFolded(codePoint);
      stripped[codePoint] = stripped(codePoint);
      int bertKind = BertNormalizer.kind(codePoint);
      bertKept[codePoint] = bertKind << 21;
      bertLower[codePoint] = bertLower(codePoint, bertKind);
    }
    ByteBuffer words = ByteBuffer.allocate(sequences.size() * Integer.BYTES);
    sequences.forEach(words::putInt);
    out.writeInt(sequences.size());
    out.write(words.array());
    writeStages(kept, out);
    writeStages(folded, out);
    writeStages(stripped, out);
    writeStages(fastKept, out);
    writeStages(fastFolded, out);
    writeStages(bertKept, out);
    writeStages(bertLower, out);
    writeCompositions(out);
  }

  private static void writeStages(int[] entries, DataOutputStream out) throws IOException {
    Map<ByteBuffer, Integer> blocks = new HashMap<>();
    List<ByteBuffer> inOrder = new ArrayList<>();
    ByteBuffer index = ByteBuffer.allocate(CODE_POINTS / BLOCK * Short.BYTES);
    for (int first = 0; first < CODE_POINTS; first += BLOCK) {
      ByteBuffer block = ByteBuffer.allocate(BLOCK * Integer.BYTES);
      for (int i = 0; i < BLOCK; i++) {
        block.putInt(entries[first + i]);
      }
      Integer known = blocks.putIfAbsent(block.flip(), inOrder.size());
      if (known == null) {
        inOrder.add(block);
      }
      index.putShort((short) (known == null ? inOrder.size() - 1 : known));
    }
    out.write(index.array());
    out.writeInt(inOrder.size());
    for (ByteBuffer block : inOrder) {
      out.write(block.array());
    }
  }

  /** Pairs that compose, where neither is stripped; syllables go by arithmetic. */
  private void writeCompositions(DataOutputStream out) throws IOException {
    List<int[]> pairs = new ArrayList<>();
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      String parts = NFD.getRawDecomposition(codePoint);
      if (parts == null || isSyllable(codePoint) || parts.codePointCount(0, parts.length()) != 2) {
        continue;
      }
      int first = parts.codePointAt(0);
      int second = parts.codePointBefore(parts.length());
      if (FOLD.composePair(first, second) == codePoint
          && kind(first) != DROPPED
          && kind(second) != DROPPED) {
        if (FOLD.getCombiningClass(second) != 0) {
          throw new IllegalStateException("a mark that composes: " + second);
        }
        pairs.add(new int[] {first, second, codePoint});
      }
    }
    out.writeInt(pairs.size());
    for (int[] pair : pairs) {
      for (int codePoint : pair) {
        out.writeInt(codePoint);
      }
    }
  }

  private static boolean isSyllable(int codePoint) {
    return 0xAC00 <= codePoint && codePoint <= 0xD7A3;
  }

  /** The entry of a code point that is case folded, decomposed and stripped of marks. */
  private int folded(int codePoint) {
    if (isSyllable(codePoint)) {
      return HANGUL << 21;
    }
    List<Integer> entries = new ArrayList<>();
    normalForm(codePoint).codePoints().forEach(c -> entries.add(entry(c)));
    return packed(codePoint, entries);
  }

  /** The same where each code point is folded by itself, and so no marks are ordered. */
  private int fastFolded(int codePoint) {
    if (isSyllable(codePoint)) {
      return HANGUL << 21;
    }
    if (isSurrogate(codePoint)) {
      return 0;
    }
    List<Integer> entries = new ArrayList<>();
    normalForm(codePoint).codePoints().forEach(c -> entries.add(fastKind(c) << 21 | c));
    return packed(codePoint, entries);
  }

  /** The kind by this ICU's categories, and by all of Unicode's white space. */
  private int fastKind(int codePoint) {
    if (UCharacter.isUWhiteSpace(codePoint)) {
      return SPACE;
    }
    boolean tooNew = categories[codePoint] == 'p' && !UCharacter.isDefined(codePoint);
    return tooNew ? WORD : kind(codePoint);
  }

  /** The entry of a code point that Hugging Face's normalizer decomposes, strips and lower-cases. */
  private int bertLower(int codePoint, int kind) {
    if (kind == DROPPED || kind == SPACE) {
      // Both are settled before marks are ordered
      return 1 << 24 | kind << 21;
    }
    if (isSyllable(codePoint)) {
      return HANGUL << 21;
    }
    List<Integer> entries = new ArrayList<>();
    NFD.normalize(Character.toString(codePoint))
        .codePoints()
        .forEach(
            c -> {
              int lower = BertNormalizer.lowerCase(c);
              int lowerKind = kind == ALONE ? ALONE : BertNormalizer.kind(lower);
              entries.add(
                  BertNormalizer.order(c) << 24
                      | (BertNormalizer.isMark(c) ? DROPPED : lowerKind) << 21
                      | lower);
            });
    return packed(codePoint, entries);
  }

  private static boolean isSurrogate(int codePoint) {
    return Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE;
  }

  /** The entry of a code point that is decomposed, stripped of marks and case folded. */
  private int stripped(int codePoint) {
    if (isSyllable(codePoint)) {
      return 0;
    }
    List<Integer> entries = new ArrayList<>();
    String text =
        isSurrogate(codePoint)
            ? "\uFFFD\uFFFD\uFFFD"
            : NFD.normalize(Character.toString(codePoint));
    text.codePoints()
        .filter(c -> kind(c) != DROPPED)
        .forEach(
            c ->
                FOLD.normalize(Character.toString(c))
                    .codePoints()
                    .forEach(f -> entries.add(NFD.getCombiningClass(f) << 24 | f)));
    return packed(codePoint, entries);
  }

  private int packed(int codePoint, List<Integer> entries) {
    if (entries.isEmpty()) {
      // Gone before marks are ordered, so it parts nothing: any class but 0 says so
      return 1 << 24 | DROPPED << 21;
    }
    if (entries.size() == 1) {
      int entry = entries.get(0);
      return (entry & ~MASK) | ((entry & MASK) - codePoint & MASK);
    }
    Integer offset = offsets.putIfAbsent(entries, sequences.size());
    if (offset == null) {
      offset = sequences.size();
      sequences.addAll(entries);
    }
    return entries.size() << 24 | SEQUENCE << 21 | offset;
  }

  private static String normalForm(int codePoint) {
    if (isSurrogate(codePoint)) {
      // ICU takes each of the three bytes of an unpaired surrogate for an error
      return "\uFFFD\uFFFD\uFFFD";
    }
    return NFD.normalize(FOLD.normalize(Character.toString(codePoint)));
  }

  private int entry(int normalized) {
    int kind = kind(normalized);
    int order = NFD.getCombiningClass(normalized);
    if (order != 0 && kind != WORD && kind != DROPPED) {
      throw new IllegalStateException("a delimiter that is reordered: " + normalized);
    }
    return order << 24 | kind << 21 | normalized;
  }

  private int kind(int codePoint) {
    switch (categories[codePoint]) {
      case 's':
        return SPACE;
      case 'a':
      case 'p':
        return ALONE;
      case 'm':
        return DROPPED;
      default:
        return WORD;
    }
  }

  /**
   * Code points as Hugging Face's BertNormalizer and BertPreTokenizer see them. Their categories
   * are Unicode 8's, their combining classes Unicode 9's, their decompositions this ICU's, their
   * lower case Unicode 17's.
   */
  private static final class BertNormalizer {

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
        return DROPPED;
      }
      if (codePoint == 0 || codePoint == 0xFFFD) {
        return DROPPED;
      }
      if (UCharacter.isUWhiteSpace(codePoint)
          && (UCharacter.getType(codePoint) != ECharacterCategory.CONTROL
              || codePoint == '\t'
              || codePoint == '\n'
              || codePoint == '\r')) {
        return SPACE;
      }
      if (isIdeograph(codePoint) || isPunctuation(codePoint)) {
        return ALONE;
      }
      return isControl(codePoint) ? DROPPED : WORD;
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
        if (within(codePoint, capitals[0], capitals[1])
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
      if (within(codePoint, '!', '/')
          || within(codePoint, ':', '@')
          || within(codePoint, '[', '`')
          || within(codePoint, '{', '~')
          || ONCE_PUNCTUATION.contains(codePoint)) {
        return true;
      }
      switch (UCharacter.getType(codePoint)) {
        case ECharacterCategory.CONNECTOR_PUNCTUATION:
        case ECharacterCategory.DASH_PUNCTUATION:
        case ECharacterCategory.START_PUNCTUATION:
        case ECharacterCategory.END_PUNCTUATION:
        case ECharacterCategory.INITIAL_PUNCTUATION:
        case ECharacterCategory.FINAL_PUNCTUATION:
        case ECharacterCategory.OTHER_PUNCTUATION:
          return isKnown(codePoint);
        default:
          return false;
      }
    }

    private static boolean isIdeograph(int codePoint) {
      return within(codePoint, 0x4E00, 0x9FFF)
          || within(codePoint, 0x3400, 0x4DBF)
          || within(codePoint, 0x20000, 0x2A6DF)
          || within(codePoint, 0x2A700, 0x2B73F)
          || within(codePoint, 0x2B740, 0x2B81F)
          || within(codePoint, 0x2B920, 0x2CEAF)
          || within(codePoint, 0xF900, 0xFAFF)
          || within(codePoint, 0x2F800, 0x2FA1F);
    }

    private static boolean isKnown(int codePoint) {
      return UCharacter.getAge(codePoint).getMajor() <= UNICODE_OF_CATEGORIES;
    }

    private static boolean within(int codePoint, int first, int last) {
      return first <= codePoint && codePoint <= last;
    }
  }
}
