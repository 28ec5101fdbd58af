package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchPlanner;
import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.rewrite.Activations;
import dev.bertserve.server.rewrite.CalibrationGraph;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TFloat32;

/**
 * Runs rows through an encoder in float32 and notes what its products read, padding left out.
 *
 * @param device runs the rows
 * @param threadsPerRun number of threads per op
 */
record Calibrator(Device device, int threadsPerRun) {

  /** Each run returns all that the products read. */
  private static final int MAX_TOKENS_OF_A_RUN = 128;

  /** Number of tokens that are kept of each place, about. */
  private static final int SAMPLES = 256;

  /** {@code lengths} are those of the encoder's rows. */
  Calibration calibrate(Encoder encoder, RowLengths lengths, List<TokenIds> rows)
      throws IOException {
    CalibrationGraph graph = encoder.calibrationGraph();
    List<Integer> widths = graph.widths();
    if (widths.isEmpty() || rows.isEmpty()) {
      return Calibration.NONE;
    }
    List<OutputSpec> outputs = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      outputs.add(new OutputSpec(CalibrationGraph.output(i), List.of(widths.get(i))));
    }
    Target target = device.targets(Precision.FP32, 0, threadsPerRun).get(0);
    ShapeRule rule = device.rule().withMaxTokens(MAX_TOKENS_OF_A_RUN);
    int tokens = rows.stream().mapToInt(TokenIds::length).sum();
    int sampleEvery = Math.max(1, tokens / SAMPLES);
    try (TensorFlowEngine engine =
        new TensorFlowEngine(
            LoweredGraphs.of(graph.lower(target)),
            outputs,
            lengths,
            rule,
            GraphForm.of(target, Precision.FP32),
            threadsPerRun)) {
      List<List<Activations>> runs =
          BatchPlanner.planAll(engine.shapes(), rows, TokenIds::length).parallelStream()
              .map(
                  batch ->
                      batch.with(
                          batch.rows().stream().map(row -> new TokenRow(rows.get(row))).toList()))
              .map(batch -> run(engine, batch, graph, sampleEvery))
              .toList();
      return graph.calibrate(merged(runs, graph, sampleEvery));
    }
  }

  private static List<Activations> run(
      TensorFlowEngine engine, BatchPlan<TokenRow> batch, CalibrationGraph graph, int sampleEvery) {
    List<Activations> seen = activations(graph, sampleEvery);
    engine.fetch(
        batch,
        (output, tensor) -> {
          float[] values = floats(tensor);
          boolean first = graph.isOfFirstTokens(output);
          for (int i = 0; i < batch.rows().size(); i++) {
            seen.get(output)
                .add(
                    values,
                    first ? batch.slot(i) : batch.start(i),
                    first ? 1 : batch.rows().get(i).tokens());
          }
        });
    return seen;
  }

  /** Merged in the order of the runs, so that the result does not depend on their timing. */
  private static List<Activations> merged(
      List<List<Activations>> runs, CalibrationGraph graph, int sampleEvery) {
    List<Activations> merged = activations(graph, sampleEvery);
    for (List<Activations> run : runs) {
      for (int i = 0; i < merged.size(); i++) {
        merged.get(i).add(run.get(i));
      }
    }
    return merged;
  }

  /** First tokens are few, so all of them are kept. */
  private static List<Activations> activations(CalibrationGraph graph, int sampleEvery) {
    List<Activations> activations = new ArrayList<>();
    for (int i = 0; i < graph.widths().size(); i++) {
      activations.add(
          new Activations(graph.widths().get(i), graph.isOfFirstTokens(i) ? 1 : sampleEvery));
    }
    return activations;
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    ((TFloat32) tensor).copyTo(DataBuffers.of(values));
    return values;
  }
}
