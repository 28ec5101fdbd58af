package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.prepare.RowLengths;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/** One session, many runs; rows run together, padded to one of a few shapes. */
public final class TensorFlowEngine implements Engine<TokenIds> {

  private enum Way {
    ALL_LAYERS,
    BYPASS
  }

  private final Graph graph;
  private final Session session;
  private final GraphInputs inputs;
  private final Map<String, Output<?>> placeholders = new ConcurrentHashMap<>();
  private final List<OutputSpec> outputs;
  private final List<Output<?>> fetches;
  private final List<Output<?>> fetchesOfFew;
  private final int fewTokens;
  private final Tiling tiling;
  private final RunThreads threads;

  /**
   * Builds the graph and the session; takes seconds for a large model.
   *
   * @param lengths of the model's rows
   * @param tiles how the device likes them
   * @param form of {@code flat}
   * @param threadsPerRun threads that work on one op
   */
  TensorFlowEngine(
      FlatGraph flat,
      List<OutputSpec> outputs,
      RowLengths lengths,
      TileRule tiles,
      GraphForm form,
      int threadsPerRun)
      throws IOException {
    this.outputs = List.copyOf(outputs);
    tiling = Tiling.of(flat, lengths, tiles);
    fewTokens = form.fewTokens();
    int processors = form.inHalves() ? Runtime.getRuntime().availableProcessors() : 0;
    threads = new RunThreads(processors);
    inputs = new GraphInputs(flat);
    graph = new Graph();
    try {
      WeightVariables variables = new WeightVariables(graph);
      GraphBuilder builder = new GraphBuilder(graph, variables);
      fetches = fetches(builder.build(flat, ""));
      fetchesOfFew = fewTokens == 0 ? fetches : fetches(builder.build(flat, "few/"));
      session = new Session(graph, SessionConfig.of(threadsPerRun, processors));
      try {
        variables.fill(session);
      } catch (IOException | RuntimeException | Error e) {
        session.close();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
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
    for (Tile tile : tiling.cut(rows)) {
      run(tile, answers, Way.ALL_LAYERS);
      if (tile.rows() > 1
          && tile.shape().rowsOfOne() > 1
          && !isFinite(tile, answers, rows.size())) {
        runOneByOne(tile, rows, answers);
      }
    }
    return answers;
  }

  /**
   * What a row does not see of its sequence counts zero times, which is no number if that is none.
   */
  private void runOneByOne(Tile together, List<TokenIds> rows, List<float[]> answers) {
    for (int i = 0; i < together.rows(); i++) {
      for (Tile alone : tiling.cut(rows, together.place(i))) {
        run(alone, answers, Way.ALL_LAYERS);
      }
    }
  }

  private static boolean isFinite(Tile tile, List<float[]> answers, int rows) {
    for (int i = 0; i < tile.rows(); i++) {
      if (!Float.isFinite(Engine.firstNotFinite(answers, rows, tile.place(i)))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int paddedTokens(List<TokenIds> rows) {
    int tokens = 0;
    for (Tile tile : tiling.cut(rows)) {
      tokens += tile.shape().tokens();
    }
    return tokens;
  }

  @Override
  public List<TileShape> shapes() {
    return tiling.shapes();
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
    List<Tensor> fed = new ArrayList<>();
    boolean shared = threads.enter();
    try {
      Session.Runner runner = session.runner();
      if (!shared) {
        runner.setOptions(RunThreads.IN_CALLER);
      }
      inputs.forEach(
          tile,
          way == Way.BYPASS,
          (name, tensor) -> {
            fed.add(tensor);
            runner.feed(placeholder(name), tensor);
          });
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

  /** Looked up once: a run by names looks up each of them. */
  private Output<?> placeholder(String name) {
    return placeholders.computeIfAbsent(name, any -> graph.operation(any).output(0));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
