package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work on hostile texts, in steps that a {@link StepCounter} counts. */
final class LinearWorkTest {

  private static final int LONG = 1 << 18;
  private static final int TIMES = 16;

  private static final List<Consumer<String>> TOKENIZERS = counting();

  @SuppressWarnings("unchecked")
  private static List<Consumer<String>> counting() {
    Steps.start(Long.MAX_VALUE);
    try {
      return (List<Consumer<String>>)
          new StepCounter()
              .loadClass(LinearWorkTest.class.getName() + "$Subjects")
              .getDeclaredMethod("all")
              .invoke(null);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What a step counter loads, and nothing that loads another. */
  public static final class Subjects {

    /** Rows that are full early, and rows that no text here fills. */
    private static final int[] LENGTHS = {32, 1 << 19};

    private Subjects() {}

    /** A tokenizer of every kind and length. */
    public static List<Consumer<String>> all() throws IOException {
      List<Consumer<String>> all = new ArrayList<>();
      Vocabulary vocabulary = Resources.vocabulary("vocab_uncased.txt");
      SentencePieceModel model = Resources.model();
      for (int length : LENGTHS) {
        for (boolean lowerCase : new boolean[] {true, false}) {
          for (TokenizerSpec.Operations operations : TokenizerSpec.Operations.values()) {
            TokenizerSpec spec =
                new TokenizerSpec(lowerCase, "[UNK]", "##", 100, 101, 102, length, operations);
            all.add(Resources.tokenizer(vocabulary, spec)::tokenize);
          }
          SentencePieceSpec spec = new SentencePieceSpec(lowerCase, 2, 3, length);
          all.add(new BertTokenizer(model, spec)::tokenize);
        }
      }
      return all;
    }
  }

  /** Quadratic work would be 256 times as much on the longer text; linear is 16 times as much. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "ha",
        "\u00E9",
        "\u0301",
        "\u0301\u0323",
        "\u4E2D",
        "\u302E",
        "\u302E\u1B44",
        "\u302Ea",
        "\u00AD",
        "\u2581",
        "\u1100",
        "\u09C7\u09BE",
        "\uD800",
        " ",
        "\u3000",
        "(",
        "\0"
      })
  void tokenize_longText_takesLinearWork(String unit) {
    String longText = unit.repeat(LONG / unit.length());
    String shortText = longText.substring(0, LONG / TIMES);
    for (int i = 0; i < TOKENIZERS.size(); i++) {
      int tokenizer = i;
      long allowed = 2 * TIMES * Math.max(steps(i, shortText), LONG / TIMES);
      Steps.start(allowed);
      assertThatCode(() -> TOKENIZERS.get(tokenizer).accept(longText))
          .as("tokenizer %d", tokenizer)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void steps_twiceTheText_countsTwice() {
    String text = "a fine film ".repeat(1000);
    int whole = TOKENIZERS.size() - 1;
    assertThat(steps(whole, text + text)).isGreaterThan(3 * steps(whole, text) / 2);
  }

  private static long steps(int tokenizer, String text) {
    Steps.start(Long.MAX_VALUE);
    TOKENIZERS.get(tokenizer).accept(text);
    return Steps.count();
  }
}
