package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A text is read no further than its ids need, and the ids are those of the whole text. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS) // The tokenizers take a second to make
final class EarlyStopTest {

  /** More ids than any text here has, so that all of the text is read. */
  private static final int WHOLE = 1 << 17;

  private static final int LARGE = 2_000_000;
  private static final long MEMORY = 1 << 19;

  /** Code points that join, order, part or drop what stands beside them. */
  private static final int[] RESTLESS = {
    0x302E, 0x1B44, 0x1BAA, 0x1D165, 0x1D16D, 0x1D160, 0x34F, 0xAD, 0x300, 0x323, 0x345, 0x93F,
    0x94D, 0x9C7, 0x9BE, 0x1100, 0x1161, 0x11A8, 0xAC00, 0xAC01, 0x3A3, 0x130, 0xA0, 0xA8, 0xFDFA,
    0x2581, 0x3000, 0xD800, 0xDC00, 0xFFFD, 0x200B, 0, '\n', ' ', ' ', '-', 'a', 'b'
  };

  private static final int[] CUTS = {3, 4, 64, 128, 512};

  private final List<Subject> subjects = new ArrayList<>();

  private record Subject(String name, BertTokenizer whole, List<BertTokenizer> cuts) {

    static Subject of(String name, IntFunction<BertTokenizer> byLength) {
      return new Subject(
          name, byLength.apply(WHOLE), Arrays.stream(CUTS).mapToObj(byLength).toList());
    }
  }

  EarlyStopTest() throws IOException {
    for (TokenizerSpec.Operations operations : TokenizerSpec.Operations.values()) {
      addWordPiece("vocab_uncased.txt", true, operations);
      addWordPiece("vocab_cased.txt", false, operations);
    }
    addWordPiece("vocab_multi.txt", false, TokenizerSpec.Operations.CLASSIC);
    SentencePieceModel model = Resources.model();
    for (boolean lowerCase : new boolean[] {true, false}) {
      subjects.add(
          Subject.of(
              "albert, lower case " + lowerCase,
              length -> new BertTokenizer(model, new SentencePieceSpec(lowerCase, 2, 3, length))));
    }
  }

  private void addWordPiece(String name, boolean lowerCase, TokenizerSpec.Operations operations)
      throws IOException {
    Vocabulary vocabulary = Resources.vocabulary(name);
    subjects.add(
        Subject.of(
            name + ", " + operations,
            length ->
                Resources.tokenizer(
                    vocabulary,
                    new TokenizerSpec(
                        lowerCase, "[UNK]", "##", 100, 101, 102, length, operations))));
  }

  @Test
  void tokenize_longRandomText_equalsWholeTextCut() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 150; i++) {
      assertCutsEqual(mixed(random, 1 + random.nextInt(12_000)), "seed " + seed + ", text " + i);
    }
  }

  /** The cut, and each edge of what is read at once, falls before, into and after the unit. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "unbelievable",
        "e\u0301\u0323\u302E\u1B44",
        "\uD83D\uDE00",
        "\uD800",
        "\u1100\u1161\u11A8",
        "\u09C7\u09BE",
        "\u2581\u2581a",
        "  \u00A0 ",
        "\uD834\uDD60\u302E",
        "\uFDFA"
      })
  void tokenize_unitAcrossTheCut_equalsWholeTextCut(String unit) {
    for (int before = 1018; before < 1028; before++) {
      for (String filler : new String[] {"a ", "ab", "\u0301", "\u4E2D", " ", "\u302E"}) {
        String text = filler.repeat(before).substring(0, before) + unit.repeat(40) + " end.";
        assertCutsEqual(text, filler + before);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a", "ab", "ha", "xyz", "the", "\u4E2D", "\u00E9", "\u1100", "ing", "na", "is"})
  void tokenize_textWithoutSpaces_equalsWholeTextCut(String unit) {
    for (int length = 20_000; length < 20_003; length++) {
      assertCutsEqual(unit.repeat(length).substring(0, length) + " end.", unit + length);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a fine film, and so on. ",
        "a",
        "ha",
        "qx",
        "\u4E2D",
        "\u0301",
        "\u0301\u0323",
        "\u302E",
        "\u302E\u1B44",
        "\u00AD",
        "\u1100\u1161",
        "\uD83D\uDE00",
        "\uD800",
        "\u2581",
        " ",
        "\u3000",
        "\0",
        "("
      })
  void tokenize_largeText_takesLittleMemory(String unit) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    String text = unit.repeat(LARGE / unit.length());
    for (Subject subject : subjects) {
      BertTokenizer tokenizer = subject.cuts().get(CUTS.length - 1);
      tokenizer.tokenize("a");
      long before = threads.getCurrentThreadAllocatedBytes();
      tokenizer.tokenize(text);
      assertThat(threads.getCurrentThreadAllocatedBytes() - before)
          .as("bytes of %s", subject.name())
          .isLessThan(MEMORY);
    }
  }

  private void assertCutsEqual(String text, String description) {
    for (Subject subject : subjects) {
      int[] whole = subject.whole().tokenize(text).toArray();
      for (int i = 0; i < CUTS.length; i++) {
        int[] cut = subject.cuts().get(i).tokenize(text).toArray();
        assertThat(Arrays.copyOf(cut, cut.length - 1))
            .as("%s, %s, length %d", description, subject.name(), CUTS[i])
            .isEqualTo(Arrays.copyOf(whole, Math.min(whole.length, CUTS[i]) - 1));
      }
    }
  }

  private static String mixed(Random random, int length) {
    StringBuilder text = new StringBuilder();
    while (text.length() < length) {
      int kind = random.nextInt(8);
      int run = random.nextInt(16) == 0 ? random.nextInt(3_000) : random.nextInt(12);
      int same = RESTLESS[random.nextInt(RESTLESS.length)];
      for (int i = 0; i < run; i++) {
        text.appendCodePoint(kind == 7 ? same : codePoint(random, kind));
      }
      if (random.nextBoolean()) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  private static int codePoint(Random random, int kind) {
    return switch (kind) {
      case 0, 1 -> 'a' + random.nextInt(26);
      case 2 -> random.nextInt(0x80);
      case 3 -> 0x4E00 + random.nextInt(0x5000);
      case 4 -> 0xAC00 + random.nextInt(0x2BA4);
      case 5 -> RESTLESS[random.nextInt(RESTLESS.length)];
      default -> random.nextInt(random.nextBoolean() ? 0x3000 : 0x110000);
    };
  }
}
