package dev.bertserve.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a tokenizer's workspace keeps when a text is done. */
final class HeldMemoryTest {

  private static final int WORKSPACES = 32;
  private static final int[] LENGTHS = {1 << 14, 50_000, 1 << 18};
  private static final long MOST_BYTES_EACH = 300_000;

  /** Texts whose pieces overlap without end, and marks that are ordered. */
  @ParameterizedTest
  @ValueSource(strings = {"a", "ha", "xyz", "ing", "\u302E\u1B44", "\u1100", " a"})
  void add_longText_keepsLittle(String unit) throws IOException {
    SentencePieceModel model = Resources.model();
    IdBuffer ids = new IdBuffer(1 << 18);
    for (int length : LENGTHS) {
      String text = unit.repeat(length / unit.length());
      List<SentenceSplitter> workspaces =
          Stream.generate(() -> new SentenceSplitter(model, new SentencePieceSpec(true, 2, 3, 64)))
              .limit(WORKSPACES)
              .toList();
      long before = usedBytes();
      for (SentenceSplitter workspace : workspaces) {
        ids.clear();
        workspace.add(text, ids);
      }
      assertThat((usedBytes() - before) / workspaces.size())
          .as("bytes after %d characters", length)
          .isLessThan(MOST_BYTES_EACH);
    }
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
