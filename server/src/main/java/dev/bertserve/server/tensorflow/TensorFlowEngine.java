package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.server.tensorflow.prepare.TokenInput;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;

/** One session, many runs; rows of a run are padded to the longest of them. */
public final class TensorFlowEngine implements Engine {

  /**
   * Ops of a run then work in the thread that asks for it, so runners do not disturb each other.
   */
  private static final int IN_CALLER = -1;

  /** TensorFlow's own graph optimizers cost tens of seconds and gigabytes on a large model. */
  private static final GraphOptions GRAPH_AS_IT_IS =
      GraphOptions.newBuilder()
          .setOptimizerOptions(OptimizerOptions.newBuilder().setOptLevel(OptimizerOptions.Level.L0))
          .setRewriteOptions(RewriterConfig.newBuilder().setDisableMetaOptimizer(true))
          .build();

  private final Graph graph;
  private final Session session;
  private final List<TokenInput> inputs;
  private final List<OutputSpec> outputs;
  private final List<Output<?>> fetches = new ArrayList<>();

  /** Builds the graph and the session; takes seconds for a large model. */
  public TensorFlowEngine(PreparedModel model, EngineSettings settings) throws IOException {
    inputs = List.copyOf(model.tokenInputs());
    outputs = model.signature().outputs();
    graph = new Graph();
    try {
      Map<String, Output<?>> built = new GraphBuilder(graph).build(model.graph());
      for (OutputSpec output : outputs) {
        fetches.add(built.get(output.name()));
      }
      session =
          new Session(
              graph,
              ConfigProto.newBuilder()
                  .setInterOpParallelismThreads(IN_CALLER)
                  .setIntraOpParallelismThreads(settings.threadsPerRun())
                  .setUsePerSessionThreads(true)
                  .setGraphOptions(GRAPH_AS_IT_IS)
                  .build());
    } catch (IOException | RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  @Override
  public List<OutputSpec> outputs() {
    return outputs;
  }

  @Override
  public List<float[]> run(List<TokenIds> rows) {
    int length = 0;
    for (TokenIds row : rows) {
      length = Math.max(length, row.length());
    }
    List<Tensor> fed = new ArrayList<>(inputs.size());
    try {
      Session.Runner runner = session.runner();
      for (TokenInput input : inputs) {
        Tensor tensor = TensorMarshaller.toTensor(input, rows, length);
        fed.add(tensor);
        runner.feed(input.tensorName(), tensor);
      }
      for (Output<?> fetch : fetches) {
        runner.fetch(fetch);
      }
      try (Result result = runner.run()) {
        List<float[]> answers = new ArrayList<>(outputs.size());
        for (int i = 0; i < outputs.size(); i++) {
          answers.add(TensorMarshaller.toArray(result.get(i), outputs.get(i), rows.size()));
        }
        return answers;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
