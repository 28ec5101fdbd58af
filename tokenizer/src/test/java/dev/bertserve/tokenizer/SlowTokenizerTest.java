package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.Normalizer2;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tokenizer against its slow, obviously right definition, over vocabularies that tell all. */
final class SlowTokenizerTest {

  /** Marks that stay and move, marks that part them, jamo, parts that compose. */
  private static final int[] RESTLESS = {
    0x302E, 0x302F, 0x1B44, 0x1BAA, 0x1734, 0x16FF0, 0x1D165, 0x1D16D, 0x34F, 0xAD, 0x300, 0x323,
    0x345, 0x93F, 0x94D, 0x9C7, 0x9BE, 0x1100, 0x1161, 0x11A8, 0xAC00, 0xAC01, 0x1D160, 0x1ABF,
    0x11938, 0x1E08F, 0x3A3, 0x3C2, 0x130, 0xA0, 0xFDFA, 0x2172, 'a', ' ', '-'
  };

  /** From here on nothing that normal forms touch is assigned: one place in a word is enough. */
  private static final int UNASSIGNED = 0x30000;

  private final GoldenCodepoints goldens;

  SlowTokenizerTest() throws IOException {
    goldens = GoldenCodepoints.read();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tokenize_everyCodePointAnywhereInAWord_equalsSlowDefinition(boolean lowerCase) {
    int step = 1 << 12;
    for (int first = 0; first <= Character.MAX_CODE_POINT; first += step) {
      if (first == 0xD000) {
        assertEqual(codePoints(first, Character.MIN_SURROGATE), lowerCase);
        continue;
      }
      assertEqual(codePoints(first, first + step), lowerCase);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void tokenize_randomText_equalsSlowDefinition(boolean lowerCase) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int length = random.nextInt(24); length > 0; length--) {
        text.appendCodePoint(codePoint(random));
      }
      texts.add(text.toString());
    }
    assertThat(firstDifference(texts, lowerCase)).as("seed %d", seed).isNull();
  }

  @Test
  void tokenize_marksOutOfOrder_areOrderedByClass() {
    BertTokenizer tokenizer = tokenizer(vocabulary(List.of("\u1B44\u302E")), true);
    assertThat(tokenizer.tokenize("\u302E\u1B44"))
        .isEqualTo(tokenizer.tokenize("\u1B44\u302E"))
        .isNotEqualTo(tokenizer.tokenize("\u302E\u0901\u1B44"));
  }

  private static int codePoint(Random random) {
    if (random.nextInt(4) > 0) {
      return RESTLESS[random.nextInt(RESTLESS.length)];
    }
    int codePoint = random.nextInt(0x3000);
    return random.nextBoolean() ? codePoint : 0x10000 + codePoint;
  }

  private static List<String> codePoints(int first, int end) {
    List<String> texts = new ArrayList<>();
    for (int codePoint = first; codePoint < end; codePoint++) {
      if (Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE) {
        continue;
      }
      String text = Character.toString(codePoint);
      texts.add("a" + text + "b");
      if (codePoint >= UNASSIGNED) {
        continue;
      }
      texts.add(text);
      texts.add("e\u0301" + text + "\u302Ee" + text);
    }
    return texts;
  }

  private void assertEqual(List<String> texts, boolean lowerCase) {
    assertThat(firstDifference(texts, lowerCase)).isNull();
  }

  private String firstDifference(List<String> texts, boolean lowerCase) {
    Map<String, Integer> vocabulary = vocabulary(texts);
    BertTokenizer tokenizer = tokenizer(vocabulary, lowerCase);
    SlowTokenizer slow = new SlowTokenizer(goldens, vocabulary, spec(lowerCase));
    for (String text : texts) {
      if (!tokenizer.tokenize(text).equals(slow.tokenize(text))) {
        return text.codePoints().mapToObj(Integer::toHexString).toList().toString();
      }
    }
    return null;
  }

  private static BertTokenizer tokenizer(Map<String, Integer> vocabulary, boolean lowerCase) {
    String file = String.join("\n", vocabulary.keySet());
    return new BertTokenizer(Vocabulary.of(file.getBytes(UTF_8)), spec(lowerCase));
  }

  private static TokenizerSpec spec(boolean lowerCase) {
    return new TokenizerSpec(lowerCase, "[UNK]", "##", 100, 1, 2, 128);
  }

  /** Every code point that can come out of the texts, at a word's start and inside it. */
  private static Map<String, Integer> vocabulary(List<String> texts) {
    Map<String, Integer> vocabulary = new LinkedHashMap<>();
    List.of("[UNK]", "[CLS]", "[SEP]").forEach(token -> add(vocabulary, token));
    for (String text : texts) {
      String form = Normalizer2.getNFKCCasefoldInstance().normalize(text);
      String all = text + Normalizer2.getNFDInstance().normalize(form);
      all.codePoints()
          .filter(codePoint -> codePoint != '\n' && codePoint != '\r')
          .forEach(
              codePoint -> {
                add(vocabulary, Character.toString(codePoint));
                add(vocabulary, "##" + Character.toString(codePoint));
              });
    }
    return vocabulary;
  }

  private static void add(Map<String, Integer> vocabulary, String token) {
    vocabulary.putIfAbsent(token, vocabulary.size());
  }
}
