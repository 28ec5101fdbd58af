package dev.bertserve.server.huggingface;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import dev.bertserve.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class NativeTokenizerTest {

  private static final int LENGTH = 64;
  private static final String LONGEST = "a ".repeat(NativeTokenizer.MOST_CHARACTERS / 2);

  private final TokenizerDefinition definition = BertDefinition.of(tokens(), true, LENGTH);
  private final Tokenizer theirs = NativeTokenizer.of(definition);

  @Test
  void tokenize_longestText_isCut() {
    assertThat(theirs.tokenize(LONGEST).length()).isEqualTo(LENGTH);
    assertThat(theirs.tokenize("a", LONGEST).length()).isEqualTo(LENGTH);
  }

  @Test
  void tokenize_longerText_isInvalid() {
    String longer = LONGEST + "a";
    assertTooLong(() -> theirs.tokenize(longer));
    assertTooLong(() -> theirs.tokenize("a", longer));
    assertTooLong(() -> theirs.tokenize(longer, "a"));
  }

  /** The library would make thousands of rows of two texts, or millions. */
  @Test
  void tokenize_pairOfLongTexts_isInvalid() {
    String half = "a ".repeat(2048);
    assertThat(theirs.tokenize(half, half).length()).isEqualTo(LENGTH);
    assertThatThrownBy(() -> theirs.tokenize(half, half + "a"))
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
        .hasMessage(
            "text: a pair of 4096 and 4097 characters (expected: a product of at most 16777216,"
                + " for this model's tokenizer)");
  }

  /** Only what ours does not tokenize has the limit. */
  @Test
  void tokenize_longerTextOfTheProvenForm_isCut() {
    Tokenizer tokenizer = HuggingFaceTokenizer.open(definition);
    assertThat(tokenizer.tokenize(LONGEST + LONGEST)).isEqualTo(theirs.tokenize(LONGEST));
    assertTooLong(() -> tokenizer.tokenize(LONGEST + "[SEP]"));
  }

  private static void assertTooLong(ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOfSatisfying(
            ServingException.class, e -> assertThat(e.kind()).isEqualTo(FailureKind.INVALID))
        .hasMessageContaining(" characters (expected: at most 262144");
  }

  private static List<String> tokens() {
    List<String> tokens = new ArrayList<>(BertDefinition.SPECIAL);
    tokens.add("a");
    return tokens;
  }
}
