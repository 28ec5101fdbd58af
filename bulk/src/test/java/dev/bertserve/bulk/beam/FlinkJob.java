package dev.bertserve.bulk.beam;

import dev.bertserve.server.embedded.ModelOptions;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.Read;
import org.apache.beam.sdk.io.TextIO;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.transforms.MapElements;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Window;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;
import org.apache.beam.sdk.values.TypeDescriptors;
import org.joda.time.Duration;

/**
 * A program that scores texts {@code film N} by a runner of its arguments: those of files with a
 * number N per line, or of {@link GatedRows}. It writes lines {@code N TAB label TAB
 * probabilities}.
 */
final class FlinkJob {

  static final String FILES = "files";
  static final String STREAM = "stream";

  private static final int SHARDS = 2;
  private static final Schema OUTPUTS =
      Schema.builder().addStringField("label").addArrayField("probs", FieldType.FLOAT).build();

  private FlinkJob() {}

  /**
   * Submits the pipeline, and waits for its end.
   *
   * @param args {@link #FILES} or {@link #STREAM}, the model, where the numbers come from, where
   *     the lines go, and options of the pipeline
   */
  public static void main(String[] args) {
    boolean stream = args[0].equals(STREAM);
    String model = args[1];
    String input = args[2];
    String output = args[3];
    Pipeline pipeline =
        Pipeline.create(
            PipelineOptionsFactory.fromArgs(Arrays.copyOfRange(args, 4, args.length)).create());
    PCollection<String> numbers =
        stream
            ? pipeline
                .apply(Read.from(GatedRows.in(input)))
                .apply(Window.into(FixedWindows.of(Duration.millis(GatedRows.PART / 2))))
            : pipeline.apply(TextIO.read().from(input));
    TextIO.Write files = TextIO.write().to(output);
    numbers
        .apply(
            MapElements.into(
                    TypeDescriptors.kvs(TypeDescriptors.strings(), TypeDescriptors.strings()))
                .via(number -> KV.of(number, "film " + number)))
        .apply(
            BertPredict.on(model)
                .withOptions(ModelOptions.DEFAULT.withPrecision("fp32"))
                .withOutputs(OUTPUTS)
                .withoutDeadLetters()
                .values())
        .output()
        .apply(MapElements.into(TypeDescriptors.strings()).via(FlinkJob::line))
        .apply(stream ? files.withWindowedWrites().withNumShards(SHARDS) : files);
    pipeline.run().waitUntilFinish();
  }

  private static String line(KV<String, Row> scored) {
    return scored.getKey()
        + "\t"
        + scored.getValue().getString("label")
        + "\t"
        + scored.getValue().<Float>getArray("probs").stream()
            .map(String::valueOf)
            .collect(Collectors.joining(" "));
  }
}
