package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.savedmodel.ModelPreparer;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The profile of a model of two layers of 128, which the server runs with whole layers. */
final class OpProfileTest {

  private static final Path MODEL = Path.of("../server/target/bertserve/model/sentiment");

  @Test
  void profile_builtInModel_timesEveryProductByItselfToo() throws Exception {
    assumeTrue(Device.ofThisMachine().kind() == Device.Kind.X86);

    String table =
        OpProfile.profile(
            ModelPreparer.prepare(MODEL),
            Precision.FP32,
            new BatchShape(1, 32),
            1,
            Duration.ofMillis(100));

    // Two layers of four products; the last layer computes its query separately, for first tokens
    // only.
    assertThat(table)
        .containsPattern("product with 128 x 384, BiasAdd \\| 1 \\| [0-9.]+ \\| [0-9.]+ %")
        .contains("product with 128 x 128, BiasAdd, first tokens | 1 |")
        .containsPattern("\\| all fused products \\| 9 \\|.*\\| [0-9.]+ \\| [1-9][0-9]* \\|")
        .contains("| MklLayerNorm |")
        .containsPattern("Products alone: [1-9][0-9]* % of it");
  }
}
