package dev.bertserve.benchmarks.load;

import dev.bertserve.bulk.beam.BertPredict;
import dev.bertserve.server.embedded.ModelOptions;
import java.nio.file.Path;
import org.apache.beam.runners.direct.DirectOptions;
import org.apache.beam.runners.direct.DirectRunner;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.transforms.ToJson;
import org.apache.beam.sdk.transforms.Values;

/** A pipeline of Beam on its direct runner: lines of text in, lines of outputs out. */
final class DirectPipeline {

  private DirectPipeline() {}

  static void run(BarSettings settings, Path input, Path output) {
    DirectOptions options = PipelineOptionsFactory.as(DirectOptions.class);
    options.setRunner(DirectRunner.class);
    Pipeline pipeline = Pipeline.create(options);
    ModelOptions model = ModelOptions.DEFAULT.withPrecision(settings.precision().label());
    pipeline
        .apply(TextIO.read().from(input.toString()))
        .apply(
            BertPredict.on(settings.model().toString())
                .withOptions(model)
                .withoutDeadLetters()
                .texts())
        .output()
        .apply(Values.create())
        .apply(ToJson.of())
        .apply(TextIO.write().to(output.toString()));
    pipeline.run().waitUntilFinish();
  }
}
