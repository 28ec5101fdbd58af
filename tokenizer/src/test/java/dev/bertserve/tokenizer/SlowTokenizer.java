package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.ibm.icu.text.Normalizer2;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * WordPiece by its definition: ICU's normal forms of the whole text, then one step after another.
 *
 * <p>Kinds are TensorFlow's own answers; text must have no unpaired surrogate where it is folded.
 */
final class SlowTokenizer {

  private static final Normalizer2 FOLD = Normalizer2.getNFKCCasefoldInstance();
  private static final Normalizer2 NFD = Normalizer2.getNFDInstance();

  private final GoldenCodepoints goldens;
  private final Map<String, Integer> vocabulary;
  private final TokenizerSpec spec;

  SlowTokenizer(GoldenCodepoints goldens, Map<String, Integer> vocabulary, TokenizerSpec spec) {
    this.goldens = goldens;
    this.vocabulary = vocabulary;
    this.spec = spec;
  }

  TokenIds tokenize(String text) {
    List<Integer> ids = new ArrayList<>();
    for (String word : words(spec.lowerCase() ? folded(text) : text)) {
      ids.addAll(pieces(word));
    }
    List<Integer> cut = ids.subList(0, Math.min(ids.size(), spec.rows().sequenceLength() - 2));
    int[] row = new int[cut.size() + 2];
    row[0] = spec.rows().start().get(0);
    for (int i = 0; i < cut.size(); i++) {
      row[i + 1] = cut.get(i);
    }
    row[row.length - 1] = spec.rows().end().get(0);
    return new TokenIds(row, row.length);
  }

  private String folded(String text) {
    return NFD.normalize(FOLD.normalize(text))
        .codePoints()
        .filter(codePoint -> goldens.kind(codePoint) != 'm')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private List<String> words(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    for (int codePoint : text.codePoints().toArray()) {
      char kind = goldens.kind(codePoint);
      if (kind == 'w' || kind == 'm') {
        word.appendCodePoint(codePoint);
        continue;
      }
      if (word.length() > 0) {
        words.add(word.toString());
        word.setLength(0);
      }
      if (kind == 'a') {
        words.add(Character.toString(codePoint));
      }
    }
    if (word.length() > 0) {
      words.add(word.toString());
    }
    return words;
  }

  private List<Integer> pieces(String word) {
    int unknown = vocabulary.get(spec.unknownToken());
    List<Integer> ids = new ArrayList<>();
    // An unpaired surrogate is one byte here and three there, so keep such words short
    if (word.getBytes(UTF_8).length > spec.maxBytesPerWord()) {
      return List.of(unknown);
    }
    for (int start = 0; start < word.length(); ) {
      int end = word.length();
      String prefix = start == 0 ? "" : spec.suffixIndicator();
      while (end > start && !vocabulary.containsKey(prefix + word.substring(start, end))) {
        end = word.offsetByCodePoints(end, -1);
      }
      if (end == start) {
        return List.of(unknown);
      }
      ids.add(vocabulary.get(prefix + word.substring(start, end)));
      start = end;
    }
    return ids;
  }
}
