package dev.bertserve.bulk.beam;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.Outputs;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.values.Row;

/** A small model of several outputs, and pipelines in this process. */
final class SmallModel {

  static final ModelOptions FP32 = ModelOptions.DEFAULT.withPrecision("fp32");
  static final String FOLDER = folder("out_classes");
  static final ModelKey KEY = ModelKey.of(FOLDER, FP32);
  static final BertPredict PREDICT = BertPredict.on(FOLDER).withOptions(FP32);

  private static final float TOLERANCE = 1e-5f;

  private SmallModel() {}

  static String folder(String name) {
    return Path.of("target", "models", name).toString();
  }

  static Pipeline pipeline() {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    options.setTargetParallelism(4);
    return Pipeline.create(options);
  }

  static List<String> films(int count) {
    return IntStream.range(0, count).mapToObj(i -> "film " + i).toList();
  }

  static void assertOutputs(Row row, Outputs expected) {
    float[] probs = expected.floats("probs");
    assertThat(row.<Float>getArray("probs")).hasSize(probs.length);
    int i = 0;
    for (Float probability : row.<Float>getArray("probs")) {
      assertThat(probability).isCloseTo(probs[i++], within(TOLERANCE));
    }
    assertThat(row.getInt64("class")).isEqualTo(expected.longs("class")[0]);
    assertThat(row.getString("label")).isEqualTo(expected.texts("label")[0]);
  }
}
