package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.rewrite.PackedInput;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.EncodedRow;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenRow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * An engine over one TensorFlow session. It runs each batch as it is planned, in one of a few
 * shapes.
 */
public final class TensorFlowEngine implements Engine {

  /**
   * Layers of 8-bit products in halves have some 100 kernels for each number of tokens, and a
   * thread keeps 1,024.
   */
  private static final int MAX_SHARED_SIZES = 10;

  /** Runs of all engines of the process, which share its processors. */
  private static final AtomicInteger RUNNING = new AtomicInteger();

  private final Graph graph;
  private final Session session;
  private final GraphInputs inputs;
  private final Map<String, Output<?>> placeholders = new ConcurrentHashMap<>();
  private final List<OutputSpec> outputs;
  private final Fetches fetches;
  private final Fetches fetchesForFewTokens;
  private final int fewTokens;
  private final Fetches fetchesOfSharedRuns;
  private final int maxSharedTokens;
  private final BatchShapes shapes;
  private final RunThreads threads;

  /**
   * Builds the graph and the session; takes seconds for a large model.
   *
   * @param lengths lengths of the model's rows
   * @param rule makes the shapes of the device
   * @param form form of {@code graphs}
   * @param threadsPerRun number of threads per op
   */
  TensorFlowEngine(
      LoweredGraphs graphs,
      List<OutputSpec> outputs,
      RowLengths lengths,
      ShapeRule rule,
      GraphForm form,
      int threadsPerRun)
      throws IOException {
    FlatGraph flat = graphs.whole();
    this.outputs = List.copyOf(outputs);
    shapes = shapes(flat, lengths, rule);
    maxSharedTokens = graphs.shared().isEmpty() ? Integer.MAX_VALUE : maxSharedTokens(shapes);
    fewTokens = form.fewTokens();
    int processors = form.inHalves() ? Runtime.getRuntime().availableProcessors() : 0;
    threads = new RunThreads(processors, RUNNING);
    inputs = new GraphInputs(flat);
    graph = new Graph();
    try {
      WeightVariables variables = new WeightVariables(graph);
      GraphBuilder builder = new GraphBuilder(graph, variables);
      fetches = fetches(builder.build(flat, ""));
      fetchesForFewTokens = fewTokens == 0 ? fetches : fetches(builder.build(flat, "few/"));
      fetchesOfSharedRuns =
          graphs.shared().isEmpty()
              ? fetches
              : fetches(builder.build(graphs.shared().get(), "shared/"));
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

  /** The tokens of the smallest shapes, of which a thread keeps all kernels. */
  private static int maxSharedTokens(BatchShapes shapes) {
    int[] sizes =
        shapes.largestFirst().stream().mapToInt(BatchShape::tokens).distinct().sorted().toArray();
    return sizes[Math.min(sizes.length, MAX_SHARED_SIZES) - 1];
  }

  /** The shapes that suit {@code flat}: packed if it can tell packed rows apart, else padded. */
  static BatchShapes shapes(FlatGraph flat, RowLengths lengths, ShapeRule rule) {
    return PackedInput.readBy(flat).isEmpty()
        ? rule.padded(lengths.least(), lengths.most())
        // Packed rows see nothing but their own tokens, so none needs padding.
        : rule.packed(1, lengths.most());
  }

  /**
   * What a run fetches. Rewriting may show that two outputs are one tensor, and TensorFlow's Java
   * API fetches a tensor once.
   *
   * @param tensors different ones
   * @param places for each output the index of its tensor
   */
  private record Fetches(List<Output<?>> tensors, List<Integer> places) {}

  private Fetches fetches(Map<String, Output<?>> built) {
    List<Output<?>> tensors = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (OutputSpec output : outputs) {
      Output<?> tensor = built.get(output.name());
      if (!tensors.contains(tensor)) {
        tensors.add(tensor);
      }
      places.add(tensors.indexOf(tensor));
    }
    return new Fetches(tensors, places);
  }

  @Override
  public List<OutputSpec> outputs() {
    return outputs;
  }

  @Override
  public List<Column> run(BatchPlan<EncodedRow> encoded) {
    BatchPlan<TokenRow> batch =
        encoded.with(encoded.rows().stream().map(TokenRow.class::cast).toList());
    List<Column> values = runTokens(batch);
    if (batch.rows().size() > 1
        && batch.shape().maxRowsPerSequence() > 1
        && !isFinite(values, batch.rows().size())) {
      return runOneByOne(batch.rows());
    }
    return values;
  }

  /**
   * Runs each row alone. Attention multiplies tokens of other rows by zero, and zero times NaN is
   * NaN, so a row that is not finite would spoil the rows in its sequence.
   */
  private List<Column> runOneByOne(List<TokenRow> rows) {
    List<Column> values = values(rows.size());
    for (int i = 0; i < rows.size(); i++) {
      TokenRow row = rows.get(i);
      List<Column> alone = runTokens(BatchPlan.ofOneRow(row, shapes.ofOneRow(row.tokens())));
      for (int output = 0; output < values.size(); output++) {
        int size = outputs.get(output).rowSize();
        alone.get(output).copyTo(0, values.get(output), i * size, size);
      }
    }
    return values;
  }

  private static boolean isFinite(List<Column> values, int rows) {
    for (int i = 0; i < rows; i++) {
      if (!Double.isFinite(Engine.firstNotFinite(values, rows, i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public BatchShapes shapes() {
    return shapes;
  }

  @Override
  public void runPadding(BatchShape shape) {
    runTokens(BatchPlan.padding(shape));
  }

  private List<Column> values(int rows) {
    List<Column> values = new ArrayList<>(outputs.size());
    for (OutputSpec output : outputs) {
      values.add(output.column(rows));
    }
    return values;
  }

  private List<Column> runTokens(BatchPlan<TokenRow> batch) {
    List<Column> values = values(batch.rows().size());
    fetch(
        batch,
        (output, tensor) ->
            TensorMarshaller.scatter(tensor, outputs.get(output), batch, values.get(output)));
    return values;
  }

  /** Receives the tensor of output {@code index}, which is closed afterwards. */
  interface TensorSink {
    void take(int index, Tensor tensor);
  }

  /** Runs {@code batch} and passes each output to {@code sink} as it is, padding included. */
  void fetch(BatchPlan<TokenRow> batch, TensorSink sink) {
    List<Tensor> fed = new ArrayList<>();
    boolean shared = threads.enter() && batch.paddedTokens() <= maxSharedTokens;
    try {
      Session.Runner runner = session.runner();
      if (!shared) {
        runner.setOptions(RunThreads.IN_CALLER);
      }
      inputs.forEach(
          batch,
          (name, tensor) -> {
            fed.add(tensor);
            runner.feed(placeholder(name), tensor);
          });
      Fetches fetched = fetches(batch.paddedTokens(), shared);
      fetched.tensors().forEach(runner::fetch);
      try (Result result = inputs.areValues() ? RejectedValue.run(runner) : runner.run()) {
        for (int i = 0; i < outputs.size(); i++) {
          sink.take(i, result.get(fetched.places().get(i)));
        }
      }
    } finally {
      threads.leave();
      fed.forEach(Tensor::close);
    }
  }

  private Fetches fetches(int tokens, boolean shared) {
    if (tokens <= fewTokens) {
      return fetchesForFewTokens;
    }
    return shared ? fetchesOfSharedRuns : fetches;
  }

  /** Cached, since a run that feeds by name looks up every name. */
  private Output<?> placeholder(String name) {
    return placeholders.computeIfAbsent(name, any -> graph.operation(any).output(0));
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
