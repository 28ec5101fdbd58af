package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.graph.GraphNode;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import dev.bertserve.server.tensorflow.prepare.TokenInput;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.GraphOptions;
import org.tensorflow.proto.OptimizerOptions;
import org.tensorflow.proto.RewriterConfig;

/** One session, many runs; rows of like length run together, padded to the longest of them. */
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
  private final List<Output<?>> fetches;
  private final List<Output<?>> fetchesOfFew;
  private final int fewTokens;
  private final int tileTokens;
  private final RowLengths lengths;

  /**
   * Builds the graph and the session; takes seconds for a large model.
   *
   * @param fewTokens tiles of no more run in ops of their own, since a fused op packs its weights
   *     as its first tile needs them, and packs them anew for each that needs them otherwise; 0 for
   *     one set of ops
   */
  TensorFlowEngine(
      FlatGraph flat,
      List<OutputSpec> outputs,
      RowLengths lengths,
      int fewTokens,
      EngineSettings settings)
      throws IOException {
    this.outputs = List.copyOf(outputs);
    this.lengths = lengths;
    this.fewTokens = fewTokens;
    inputs = inputs(flat);
    tileTokens = settings.tileTokens();
    graph = new Graph();
    try {
      WeightVariables variables = new WeightVariables(graph);
      GraphBuilder builder = new GraphBuilder(graph, variables);
      fetches = fetches(builder.build(flat, ""));
      fetchesOfFew = fewTokens == 0 ? fetches : fetches(builder.build(flat, "few/"));
      session =
          new Session(
              graph,
              ConfigProto.newBuilder()
                  .setInterOpParallelismThreads(IN_CALLER)
                  .setIntraOpParallelismThreads(settings.threadsPerRun())
                  .setUsePerSessionThreads(true)
                  .setGraphOptions(GRAPH_AS_IT_IS)
                  .build());
      try {
        variables.fill(session);
      } catch (IOException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (IOException | RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  private List<Output<?>> fetches(Map<String, Output<?>> built) {
    List<Output<?>> found = new ArrayList<>();
    outputs.forEach(output -> found.add(built.get(output.name())));
    return List.copyOf(found);
  }

  @Override
  public List<OutputSpec> outputs() {
    return outputs;
  }

  @Override
  public List<float[]> run(List<TokenIds> rows) {
    List<Tile> tiles = Tile.cut(rows, tileTokens, lengths);
    List<float[]> answers = new ArrayList<>(outputs.size());
    for (OutputSpec output : outputs) {
      answers.add(new float[rows.size() * output.rowSize()]);
    }
    for (Tile tile : tiles) {
      run(tile, answers);
    }
    return answers;
  }

  private void run(Tile tile, List<float[]> answers) {
    List<Tensor> fed = new ArrayList<>(inputs.size());
    try {
      Session.Runner runner = session.runner();
      for (TokenInput input : inputs) {
        Tensor tensor = TensorMarshaller.toTensor(input, tile);
        fed.add(tensor);
        runner.feed(input.tensorName(), tensor);
      }
      boolean few = tile.rows() * tile.length() <= fewTokens;
      for (Output<?> fetch : few ? fetchesOfFew : fetches) {
        runner.fetch(fetch);
      }
      try (Result result = runner.run()) {
        for (int i = 0; i < outputs.size(); i++) {
          TensorMarshaller.scatter(result.get(i), outputs.get(i), tile, answers.get(i));
        }
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

  private static List<TokenInput> inputs(FlatGraph flat) {
    Set<String> placeholders = new HashSet<>();
    for (GraphNode node : flat.nodes()) {
      if (node.is("Placeholder")) {
        placeholders.add(node.name());
      }
    }
    List<TokenInput> inputs = new ArrayList<>();
    for (TokenInput input : TokenInput.values()) {
      if (placeholders.contains(input.tensorName())) {
        inputs.add(input);
      }
    }
    return inputs;
  }
}
