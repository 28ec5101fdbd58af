package dev.bertserve.server.versions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The versions that a policy wants. */
final class VersionPolicyTest {

  private static final NavigableMap<Long, String> PRESENT = new TreeMap<>();

  static {
    for (long number : new long[] {2, 9, 10}) {
      PRESENT.put(number, "folder " + number);
    }
  }

  @Test
  void wanted_eachPolicy_isItsChoice() {
    assertThat(wanted("latest", PRESENT)).containsExactly(10L);
    assertThat(wanted("all", PRESENT)).containsExactly(2L, 9L, 10L);
    assertThat(wanted("9,2,7", PRESENT)).containsExactly(2L, 9L);
    assertThat(wanted("latest", new TreeMap<>())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "newest", "1,", ",1", "-1", "1.5", "1 2", "1234567890123456789"})
  void parse_noPolicy_isRejected(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> VersionPolicy.parse(text))
        .withMessage("versions: " + text + " (expected: latest, all, or numbers such as 3,5)");
  }

  private static Set<Long> wanted(String policy, NavigableMap<Long, String> present) {
    return VersionPolicy.parse(policy).wanted(present).keySet();
  }
}
