package dev.bertserve.benchmarks.latency;

import java.util.ArrayList;
import java.util.List;

/** Any number of different short reviews. */
final class Sentences {

  private static final String[] OPINIONS = {
    "a gripping, beautifully acted film",
    "the plot never quite catches fire, and neither does anybody in it",
    "it's a charming and often affecting journey",
    "unflinchingly bleak and desperate",
    "allows us to hope that the director is poised to embark on a major career",
    "the acting, costumes, music, cinematography and sound are all astounding",
    "slow.",
    "one long string of clichés; the best that can be said is that it ends"
  };

  private Sentences() {}

  static List<String> of(int count) {
    List<String> sentences = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sentences.add(OPINIONS[i % OPINIONS.length] + " no " + i);
    }
    return sentences;
  }
}
