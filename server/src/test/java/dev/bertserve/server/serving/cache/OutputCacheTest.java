package dev.bertserve.server.serving.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OutputCacheTest {

  private static final float[] ANSWER = {1};

  private final OutputCache<String, float[]> cache =
      new OutputCache<>(1_000, String::length, answer -> 4L * answer.length);

  @Test
  void find_whatWasPut_isThatAndNothingElse() {
    cache.put("a", ANSWER);

    assertThat(cache.find("a")).isSameAs(ANSWER);
    assertThat(cache.find("b")).isNull();
  }

  @Test
  void put_moreThanFits_forgetsSome() {
    for (int i = 0; i < 100; i++) {
      cache.put("row " + i, ANSWER);
    }

    long kept = 0;
    for (int i = 0; i < 100; i++) {
      kept += cache.find("row " + i) == null ? 0 : 1;
    }
    assertThat(kept).isBetween(1L, 4L);
  }

  @Test
  void weight_answerOfGigabytes_isNoSmallNumber() {
    OutputCache<String, Long> bySize = new OutputCache<>(1_000, String::length, Long::longValue);

    assertThat(bySize.weight("a", 1L << 32)).isEqualTo(Integer.MAX_VALUE);
  }
}
