package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.IntBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BertTokenizerTest {

  private static final Vocabulary VOCABULARY =
      Vocabulary.of("[UNK]\n[CLS]\n[SEP]\na\nb\n##b\n\u00E9\n".getBytes(UTF_8));

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1, 1",
    "9, 1, 4, 1",
    "1, 9, 1, 4",
    "9, 9, 3, 2",
    "3, 9, 3, 2",
    "9, 2, 3, 2",
    "0, 9, 0, 5",
  })
  void tokenize_pair_isTrimmedInTurn(int first, int second, int firstKept, int secondKept) {
    BertTokenizer tokenizer = tokenizer(100, 8);
    TokenIds ids = tokenizer.tokenize("a ".repeat(first), "b ".repeat(second));
    assertThat(ids.secondStart()).isEqualTo(firstKept + 2);
    assertThat(ids.length()).isEqualTo(firstKept + secondKept + 3);
    assertThat(ids.id(0)).isEqualTo(1);
    assertThat(ids.id(firstKept + 1)).isEqualTo(2);
    assertThat(ids.id(ids.length() - 1)).isEqualTo(2);
  }

  @Test
  void tokenize_emptyText_givesStartAndEnd() {
    assertThat(tokenizer(100, 8).tokenize("").toArray()).containsExactly(1, 2);
    assertThat(tokenizer(100, 8).tokenize("\0 \u00AD").toArray()).containsExactly(1, 2);
  }

  @Test
  void tokenize_wordAtTheLimit_isLookedUp() {
    assertThat(tokenizer(3, 8).tokenize("abb").toArray()).containsExactly(1, 3, 5, 5, 2);
    assertThat(tokenizer(3, 8).tokenize("abbb").toArray()).containsExactly(1, 0, 2);
  }

  @Test
  void tokenize_limitOfBytes_countsBytesNotCharacters() {
    assertThat(tokenizer(2, 8).tokenize("\u00E9").toArray()).containsExactly(1, 6, 2);
    assertThat(tokenizer(1, 8).tokenize("\u00E9").toArray()).containsExactly(1, 0, 2);
  }

  @Test
  void new_tokensMissing_areNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BertTokenizer(VOCABULARY, spec("[NO]", 1)))
        .withMessage("unknownToken: [NO] (expected: a token of the vocabulary)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BertTokenizer(VOCABULARY, spec("[UNK]", 7)))
        .withMessage("startId: 7 (expected: 0 to 6)");
  }

  @Test
  void copyTo_bufferOrArray_putsIds() {
    TokenIds ids = tokenizer(100, 8).tokenize("a b");
    IntBuffer buffer = IntBuffer.allocate(5);
    ids.copyTo(buffer);
    assertThat(buffer.position()).isEqualTo(4);
    assertThat(buffer.array()).containsExactly(1, 3, 4, 2, 0);
    int[] array = new int[5];
    ids.copyTo(array, 1);
    assertThat(array).containsExactly(0, 1, 3, 4, 2);
  }

  private static BertTokenizer tokenizer(int maxBytesPerWord, int sequenceLength) {
    return new BertTokenizer(
        VOCABULARY, new TokenizerSpec(false, "[UNK]", "##", maxBytesPerWord, 1, 2, sequenceLength));
  }

  private static TokenizerSpec spec(String unknownToken, int startId) {
    return new TokenizerSpec(false, unknownToken, "##", 100, startId, 2, 8);
  }
}
