package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.bertserve.tokenizer.RowTemplate.Sharing;
import java.io.IOException;
import java.nio.IntBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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

  @ParameterizedTest
  @CsvSource({
    "ROUND_ROBIN, 9, 9, 3, 2",
    "ROUND_ROBIN, 9, 1, 4, 1",
    "LONGEST_FIRST, 9, 9, 2, 3",
    "LONGEST_FIRST, 3, 9, 2, 3",
    "LONGEST_FIRST, 9, 1, 4, 1",
    "LONGEST_FIRST, 1, 9, 1, 4",
    "WATERFALL, 9, 9, 5, 0",
    "WATERFALL, 4, 9, 4, 1",
    "WATERFALL, 0, 9, 0, 5",
  })
  void tokenize_pair_isTrimmedAsTheTemplateSays(
      Sharing sharing, int first, int second, int firstKept, int secondKept) {
    RowTemplate rows = new RowTemplate(List.of(1), List.of(2, 2), List.of(), sharing, 8, 8);
    TokenIds ids = tokenizer(rows).tokenize("a ".repeat(first), "b ".repeat(second));
    assertThat(ids.secondStart()).isEqualTo(firstKept + 3);
    assertThat(Arrays.stream(ids.toArray()).boxed().toList())
        .isEqualTo(
            Stream.of(List.of(1), nCopies(firstKept, 3), List.of(2, 2), nCopies(secondKept, 4))
                .flatMap(List::stream)
                .toList());
  }

  @Test
  void tokenize_rowBeyondTheSequenceLength_isCutOff() {
    RowTemplate rows =
        new RowTemplate(List.of(1), List.of(2), List.of(2), Sharing.ROUND_ROBIN, 9, 6);
    assertThat(tokenizer(rows).tokenize("a b a b a b a b").toArray())
        .containsExactly(1, 3, 4, 3, 4, 3);
    TokenIds pair = tokenizer(rows).tokenize("a a a", "b b b");
    assertThat(pair.toArray()).containsExactly(1, 3, 3, 3, 2, 4);
    assertThat(pair.secondStart()).isEqualTo(5);
    assertThat(tokenizer(rows).tokenize("a a a a a a a", "").secondStart()).isEqualTo(6);
  }

  @Test
  void tokenize_templateWithoutSpecialIds_givesTextsAlone() {
    RowTemplate rows = new RowTemplate(List.of(), List.of(), List.of(), Sharing.ROUND_ROBIN, 6, 3);
    assertThat(tokenizer(rows).tokenize("a b a b").toArray()).containsExactly(3, 4, 3);
    assertThat(tokenizer(rows).tokenize("").toArray()).isEmpty();
  }

  @Test
  void tokenize_wholeWords_areFoundBeforeOthersAndNotFolded() {
    Vocabulary vocabulary = Vocabulary.of(List.of("[UNK]", "[M]", "a", "##b", "m", "[", "]", "ab"));
    RowTemplate rows =
        new RowTemplate(List.of(), List.of(), List.of(), Sharing.ROUND_ROBIN, 20, 20);
    TokenizerSpec spec =
        new TokenizerSpec(
            true, "[UNK]", "##", 100, rows, TokenizerSpec.Operations.WORDS, List.of("[M]"));
    BertTokenizer tokenizer = new BertTokenizer(vocabulary, spec);
    assertThat(tokenizer.tokenize("A[M]b [m] A [M][M]").toArray())
        .containsExactly(2, 1, 0, 5, 4, 6, 2, 1, 1);
  }

  @Test
  void tokenize_spacesAlone_partWordsThatKeepTheirCase() {
    Vocabulary vocabulary = Vocabulary.of(List.of("[UNK]", "a", "##,", "A", "b"));
    RowTemplate rows =
        new RowTemplate(List.of(), List.of(), List.of(), Sharing.ROUND_ROBIN, 20, 20);
    TokenizerSpec spec =
        new TokenizerSpec(
            false, "[UNK]", "##", 100, rows, TokenizerSpec.Operations.SPACES, List.of());
    BertTokenizer tokenizer = new BertTokenizer(vocabulary, spec);
    assertThat(tokenizer.tokenize("a, A\tb\n a\0 b").toArray()).containsExactly(1, 2, 3, 4, 0, 4);
    // TensorFlow Text leaves the first bytes of such a space in the word before it.
    assertThat(tokenizer.tokenize("\u00A0a\u00A0b \u3000b").toArray()).containsExactly(0, 4, 4);
  }

  @ParameterizedTest
  @CsvSource({"ROUND_ROBIN, 9, 9, 2, 3", "WATERFALL, 9, 1, 2, 1", "LONGEST_FIRST, 1, 9, 1, 4"})
  void tokenize_pairWithLimits_cutsEachTextBeforeTheyShareTheRow(
      Sharing sharing, int first, int second, int firstKept, int secondKept) {
    RowTemplate rows =
        new RowTemplate(List.of(1), List.of(2), List.of(2), List.of(2, 4), sharing, 8, 8);
    TokenIds ids = tokenizer(rows).tokenize("a ".repeat(first), "b ".repeat(second));
    assertThat(ids.secondStart()).isEqualTo(firstKept + 2);
    assertThat(ids.length()).isEqualTo(firstKept + secondKept + 3);
  }

  @Test
  void template_tooShortForItsSpecialIds_isRejected() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new RowTemplate(List.of(1), List.of(2, 2), List.of(2), Sharing.ROUND_ROBIN, 3, 3))
        .withMessage("trimmedLength: 3 (expected: >= 4)");
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
  void tokenize_shiftedPieces_haveIdsAndNamesOfTheirOwn() throws IOException {
    SentencePieceModel model = Resources.model();
    int unknown = model.id("<unk>");
    PieceIds shifted = new PieceIds(unknown, unknown + 1, 10);
    RowTemplate rows = RowTemplate.bert(0, 2, 16);
    String text = "a film \u16A0";
    int[] own = ids(model, new SentencePieceSpec(false, rows, PieceIds.OWN), text);
    int[] ids = ids(model, new SentencePieceSpec(false, rows, shifted), text);
    assertThat(own).contains(unknown);
    assertThat(ids).hasSameSizeAs(own);
    for (int i = 1; i < own.length - 1; i++) {
      assertThat(ids[i]).isEqualTo(own[i] == unknown ? unknown + 11 : own[i] + 10);
      assertThat(model.token(ids[i], shifted)).isEqualTo(model.token(own[i]));
    }
    assertThat(model.token(0, shifted)).isEqualTo("[id 0]");
    assertThat(model.token(unknown + 10, shifted)).isEqualTo("[id " + (unknown + 10) + "]");
  }

  private static int[] ids(SentencePieceModel model, SentencePieceSpec spec, String text) {
    return new BertTokenizer(model, spec).tokenize(text).toArray();
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

  private static BertTokenizer tokenizer(RowTemplate rows) {
    return new BertTokenizer(
        VOCABULARY,
        new TokenizerSpec(
            false, "[UNK]", "##", 100, rows, TokenizerSpec.Operations.CLASSIC, List.of()));
  }

  private static BertTokenizer tokenizer(int maxBytesPerWord, int sequenceLength) {
    return new BertTokenizer(
        VOCABULARY, new TokenizerSpec(false, "[UNK]", "##", maxBytesPerWord, 1, 2, sequenceLength));
  }

  private static TokenizerSpec spec(String unknownToken, int startId) {
    return new TokenizerSpec(false, unknownToken, "##", 100, startId, 2, 8);
  }
}
