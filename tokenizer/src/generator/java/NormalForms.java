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
    int[] bertKept = new int[CODE_POINTS];
    int[] bertLower = new int[CODE_POINTS];
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      kept[codePoint] = kind(codePoint) == DROPPED ? 0 : kind(codePoint) << 21;
      folded[codePoint] = folded(codePoint);
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
}
