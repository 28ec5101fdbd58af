import com.ibm.icu.lang.UCharacter;
import com.ibm.icu.text.Normalizer2;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes which code points are unassigned, NFKC_Casefold of each code point that it changes, and
 * which code points are marks or decompose to marks.
 *
 * <p>Runs with the ICU whose Unicode version TensorFlow Text normalises by. The layout is described
 * in dev.bertserve.tokenizer.FoldTable.
 */
public final class CaseFolds {

  private static final int CODE_POINTS = 0x110000;
  private static final Normalizer2 FOLD = Normalizer2.getNFKCCasefoldInstance();

  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      List<Integer> borders = borders();
      out.writeInt(borders.size());
      for (int border : borders) {
        out.writeInt(border);
      }
      write(out);
      writeMarks(out);
    }
  }

  /** Each mark, or what decomposes to nothing but marks, and its combining class. */
  private static void writeMarks(DataOutputStream out) throws IOException {
    Normalizer2 nfkd = Normalizer2.getNFKDInstance();
    List<Integer> marks = new ArrayList<>();
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      if (nfkd.normalize(Character.toString(codePoint))
          .codePoints()
          .allMatch(part -> nfkd.getCombiningClass(part) != 0)) {
        marks.add(codePoint);
      }
    }
    out.writeInt(marks.size());
    for (int mark : marks) {
      out.writeInt(mark);
      out.writeByte(nfkd.getCombiningClass(mark));
    }
  }

  /** The first unassigned code point, the next assigned one, and so on. */
  private static List<Integer> borders() {
    List<Integer> borders = new ArrayList<>();
    boolean assigned = true;
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      if (UCharacter.isDefined(codePoint) != assigned) {
        borders.add(codePoint);
        assigned = !assigned;
      }
    }
    return borders;
  }

  private static void write(DataOutputStream out) throws IOException {
    List<Integer> folded = new ArrayList<>();
    for (int codePoint = 0; codePoint < CODE_POINTS; codePoint++) {
      boolean surrogate =
          Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE;
      if (!surrogate && FOLD.getRawDecomposition(codePoint) != null) {
        folded.add(codePoint);
      } else if (!surrogate
          && !FOLD.normalize(Character.toString(codePoint)).equals(Character.toString(codePoint))) {
        folded.add(codePoint);
      }
    }
    out.writeInt(folded.size());
    for (int codePoint : folded) {
      out.writeInt(codePoint);
      out.writeUTF(FOLD.normalize(Character.toString(codePoint)));
    }
  }
}
