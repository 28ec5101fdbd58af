package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the first target whose graph runs on this machine, by running one row.
 *
 * @param outputs outputs of the graphs
 * @param threadsPerRun number of threads per op
 * @param probe probe rows, at least one
 */
record TargetTrial(List<OutputSpec> outputs, int threadsPerRun, List<TokenIds> probe) {

  private static final Logger LOG = LoggerFactory.getLogger(TargetTrial.class);

  /**
   * Opens the first of {@code targets} whose graph runs; throws if the last one does not run.
   *
   * @param lengths lengths of the graph's rows
   * @param rule makes the shapes of the graph
   */
  TensorFlowEngine open(
      List<Target> targets,
      Precision precision,
      RowLengths lengths,
      ShapeRule rule,
      Function<Target, LoweredGraphs> lowering)
      throws IOException {
    for (Target target : targets.subList(0, targets.size() - 1)) {
      try {
        return openAndRun(lowering.apply(target), lengths, rule, GraphForm.of(target, precision));
      } catch (RuntimeException e) {
        LOG.warn("ops for {} do not run here, trying the next target: {}", target, Reason.of(e));
      }
    }
    Target last = targets.get(targets.size() - 1);
    return openAndRun(lowering.apply(last), lengths, rule, GraphForm.of(last, precision));
  }

  private TensorFlowEngine openAndRun(
      LoweredGraphs graphs, RowLengths lengths, ShapeRule rule, GraphForm form) throws IOException {
    TensorFlowEngine engine =
        new TensorFlowEngine(graphs, outputs, lengths, rule, form, threadsPerRun);
    ProbeRun.run(engine, probe.subList(0, 1));
    return engine;
  }
}
