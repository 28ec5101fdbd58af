package dev.bertserve.bulk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bertserve.bulk.ModelKey;
import dev.bertserve.server.embedded.ModelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.jspecify.annotations.Nullable;

/** A small model, and TensorFlow's outputs for some texts: a logarithm, which is NaN for others. */
final class Goldens {

  static final Path MODEL = Path.of("target", "models", "out_signatures").toAbsolutePath();
  static final ModelKey KEY =
      ModelKey.of(
          MODEL.toString(), ModelOptions.DEFAULT.withPrecision("fp32").withSignature("logs"));
  static final String NOT_FINITE = "the model answered NaN (expected: a finite number)";
  static final String NULL = "review: null (expected: a string)";

  private static final double TOLERANCE = 1e-5;

  /**
   * @param review null in the last one
   * @param log null if the row cannot be scored
   */
  record Golden(long id, @Nullable String review, @Nullable Float log) {}

  private Goldens() {}

  /** Those of the model, and one without a text; each has its place as its id. */
  static List<Golden> all() throws IOException {
    List<Golden> goldens = new ArrayList<>();
    for (String line : Files.readAllLines(MODEL.resolve("goldens-logs.jsonl"))) {
      JsonNode golden = new ObjectMapper().readTree(line);
      JsonNode log = golden.at("/outputs/log/0");
      goldens.add(
          new Golden(
              goldens.size(),
              golden.at("/inputs/text").textValue(),
              log.isNull() ? null : log.floatValue()));
    }
    goldens.add(new Golden(goldens.size(), null, null));
    return goldens;
  }

  static BertserveBulkOptions options() {
    BertserveBulkOptions options =
        PipelineOptionsFactory.fromArgs("--runner=DirectRunner", "--targetParallelism=2")
            .as(BertserveBulkOptions.class);
    options.setModel(MODEL.toString());
    options.setSignature("logs");
    options.setPrecision("fp32");
    options.setTexts("review");
    return options;
  }

  /** The probability of which it is the logarithm is the same. */
  static void assertLog(float log, float expected) {
    assertThat(Math.exp(log)).isCloseTo(Math.exp(expected), within(TOLERANCE));
  }

  /** Each golden that can be scored was, and the others are among the errors. */
  static void assertScored(Map<Long, Float> logs, Map<Long, String> errors) throws IOException {
    List<Golden> goldens = all();
    for (Golden golden : goldens) {
      if (golden.log() == null) {
        assertThat(errors.get(golden.id())).isEqualTo(golden.review() == null ? NULL : NOT_FINITE);
      } else {
        assertLog(logs.get(golden.id()), golden.log());
      }
    }
    assertThat(logs).isNotEmpty();
    assertThat(errors).isNotEmpty();
    assertThat(logs.size() + errors.size()).isEqualTo(goldens.size());
    assertThat(IntStream.range(0, goldens.size()).mapToObj(Long::valueOf))
        .allMatch(id -> logs.containsKey(id) != errors.containsKey(id));
  }
}
