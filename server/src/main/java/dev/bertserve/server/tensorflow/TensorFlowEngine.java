package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.prepare.TokenInput;
import dev.bertserve.server.tensorflow.rewrite.Bypass;
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
import org.tensorflow.types.TBool;

/** One session, many runs; rows of like length run together, padded to one of a few shapes. */
public final class TensorFlowEngine implements Engine<TokenIds> {

  private enum Way {
    ALL_LAYERS,
    BYPASS
  }

  private final Graph graph;
  private final Session session;
  private final List<TokenInput> inputs;
  private final List<OutputSpec> outputs;
  private final List<Output<?>> fetches;
  private final List<Output<?>> fetchesOfFew;
  private final int fewTokens;
  private final ShapeClasses classes;
  private final boolean hasBypass;
  private final RunThreads threads;

  /**
   * Builds the graph and the session; takes seconds for a large model.
   *
   * @param classes shapes that it is to run
   * @param form of {@code flat}
   * @param threadsPerRun threads that work on one op
   */
  TensorFlowEngine(
      FlatGraph flat,
      List<OutputSpec> outputs,
      ShapeClasses classes,
      GraphForm form,
      int threadsPerRun)
      throws IOException {
    this.outputs = List.copyOf(outputs);
    this.classes = classes;
    fewTokens = form.fewTokens();
    int processors = form.inHalves() ? Runtime.getRuntime().availableProcessors() : 0;
    threads = new RunThreads(processors);
    inputs = List.copyOf(TokenInput.readBy(flat));
    hasBypass = Bypass.isIn(flat);
    graph = new Graph();
    try {
      WeightVariables variables = new WeightVariables(graph);
      GraphBuilder builder = new GraphBuilder(graph, variables);
      fetches = fetches(builder.build(flat, ""));
      fetchesOfFew = fewTokens == 0 ? fetches : fetches(builder.build(flat, "few/"));
      session = new Session(graph, SessionConfig.of(threadsPerRun, processors));
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
    List<float[]> answers = new ArrayList<>(outputs.size());
    for (OutputSpec output : outputs) {
      answers.add(new float[rows.size() * output.rowSize()]);
    }
    for (Tile tile : Tile.cut(rows, classes)) {
      run(tile, answers, Way.ALL_LAYERS);
    }
    return answers;
  }

  @Override
  public int paddedTokens(List<TokenIds> rows) {
    int tokens = 0;
    for (Tile tile : Tile.cut(rows, classes)) {
      tokens += tile.shape().tokens();
    }
    return tokens;
  }

  @Override
  public List<TileShape> shapes() {
    return classes.all();
  }

  @Override
  public void runPadding(TileShape shape) {
    run(Tile.blank(shape), nothing(), Way.ALL_LAYERS);
  }

  @Override
  public void prime(TileShape shape) {
    run(Tile.blank(shape), nothing(), Way.BYPASS);
  }

  private List<float[]> nothing() {
    return outputs.stream().map(output -> new float[0]).toList();
  }

  private void run(Tile tile, List<float[]> answers, Way way) {
    List<Tensor> fed = new ArrayList<>(inputs.size());
    boolean shared = threads.enter();
    try {
      Session.Runner runner = session.runner();
      if (!shared) {
        runner.setOptions(RunThreads.IN_CALLER);
      }
      for (TokenInput input : inputs) {
        Tensor tensor = TensorMarshaller.toTensor(input, tile);
        fed.add(tensor);
        runner.feed(input.tensorName(), tensor);
      }
      if (hasBypass) {
        Tensor taken = TBool.scalarOf(way == Way.BYPASS);
        fed.add(taken);
        runner.feed(Bypass.TAKEN, taken);
      }
      boolean few = tile.shape().tokens() <= fewTokens;
      for (Output<?> fetch : few ? fetchesOfFew : fetches) {
        runner.fetch(fetch);
      }
      try (Result result = runner.run()) {
        for (int i = 0; i < outputs.size(); i++) {
          TensorMarshaller.scatter(result.get(i), outputs.get(i), tile, answers.get(i));
        }
      }
    } finally {
      threads.leave();
      fed.forEach(Tensor::close);
    }
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
