package dev.bertserve.tokenizer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class BytePairModelTest {

  private static final List<String> MERGES =
      List.of(
          "#version: 0.2", "b c", "a b", "ab c", "a a", "aa a", "aa aa", "a bc", "Ġ a", "bc bc");

  private final BytePairModel model = model(MERGES);

  @Test
  void tokenize_earliestMergeFirst_thenLeftmost() {
    assertThat(tokens("abc")).containsExactly("abc");
    assertThat(tokens("abab")).containsExactly("ab", "ab");
    assertThat(tokens("aaaaa")).containsExactly("aa", "aaa");
    assertThat(tokens("bcbcbc")).containsExactly("bcbc", "bc");
    assertThat(tokens(" a")).containsExactly("Ġa");
  }

  @Test
  void tokenize_charactersOfSeveralBytes_areOfTheirBytes() {
    assertThat(tokens("é\u0000")).containsExactly("Ã", "©", "Ā");
  }

  @Test
  void tokenize_wholeWord_isOneToken() {
    assertThat(tokens("<s>")).containsExactly("<s>");
    assertThat(tokens("<s>a")).containsExactly("<", "s", ">", "a");
  }

  @Test
  void tokenize_randomWords_areAsMergedOneByOne() {
    Random random = new Random(1);
    for (int round = 0; round < 20_000; round++) {
      StringBuilder word = new StringBuilder();
      for (int length = 1 + random.nextInt(12); length > 0; length--) {
        word.append("aabbc ".charAt(random.nextInt(6)));
      }
      assertThat(tokens(word.toString())).isEqualTo(mergedOneByOne(word.toString()));
    }
  }

  @Test
  void of_mergeWithoutItsToken_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BytePairModel.of(vocabulary(List.of()), List.of("a b"), List.of()))
        .withMessage("token ab: none (expected: in the vocabulary)");
  }

  @Test
  void of_vocabularyWithoutAByte_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> BytePairModel.of(List.of("a"), List.of(), List.of()))
        .withMessage("token Ā: none (expected: in the vocabulary)");
  }

  private static List<String> vocabulary(List<String> merges) {
    List<String> tokens = new ArrayList<>(List.of("<s>"));
    BytePairModel.alphabet().chars().mapToObj(Character::toString).forEach(tokens::add);
    merges.stream().map(merge -> merge.replace(" ", "")).distinct().forEach(tokens::add);
    return tokens;
  }

  private static BytePairModel model(List<String> merges) {
    return BytePairModel.of(vocabulary(merges.subList(1, merges.size())), merges, List.of("<s>"));
  }

  private List<String> tokens(String word) {
    BertTokenizer tokenizer =
        new BertTokenizer(
            model, text -> Stream.of(text.getBytes(UTF_8)), RowTemplate.bert(0, 0, 64));
    int[] ids = tokenizer.tokenize(word).toArray();
    List<String> tokens = new ArrayList<>();
    for (int i = 1; i < ids.length - 1; i++) {
      tokens.add(model.token(ids[i]));
    }
    return tokens;
  }

  /** By the definition, for words of ASCII. */
  private static List<String> mergedOneByOne(String word) {
    Map<String, Integer> ranks = new HashMap<>();
    MERGES.forEach(merge -> ranks.put(merge, ranks.size()));
    List<String> tokens = new ArrayList<>();
    word.replace(' ', 'Ġ').chars().mapToObj(Character::toString).forEach(tokens::add);
    while (true) {
      int best = -1;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < tokens.size(); i++) {
        Integer rank = ranks.get(tokens.get(i) + " " + tokens.get(i + 1));
        if (rank != null && rank < bestRank) {
          best = i;
          bestRank = rank;
        }
      }
      if (best < 0) {
        return tokens;
      }
      tokens.set(best, tokens.get(best) + tokens.remove(best + 1));
    }
  }
}
