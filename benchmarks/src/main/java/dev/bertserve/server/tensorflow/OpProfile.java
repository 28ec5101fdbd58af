package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchPlanner;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.batching.ShapeRule;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.Target;
import dev.bertserve.server.savedmodel.ModelPreparer;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.Graph;
import org.tensorflow.Output;
import org.tensorflow.Session;
import org.tensorflow.Tensor;

/**
 * Prints the time of one batch by kind of op, from TensorFlow's trace of the served graph, and the
 * time of its matrix products alone. In the package of the engine, since it reads the engine's
 * graph.
 *
 * <p>Arguments: a SavedModel, or for {@code int8} a prepared model; {@code fp32}, {@code bf16} or
 * {@code int8}; the number of batches that run at the same time with one thread each; then shapes
 * such as {@code 4x128}. Prints a table for each shape.
 */
public final class OpProfile {

  private static final int ROUNDS = 3;
  private static final Duration ROUND = Duration.ofSeconds(3);

  private OpProfile() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    PreparedModel model = ModelPreparer.prepare(Path.of(args[0]));
    Precision precision = Precision.valueOf(args[1].toUpperCase(Locale.ROOT));
    int atOnce = Integer.parseInt(args[2]);
    for (String shape : List.of(args).subList(3, args.length)) {
      int rows = Integer.parseInt(shape.substring(0, shape.indexOf('x')));
      int length = Integer.parseInt(shape.substring(shape.indexOf('x') + 1));
      System.out.printf("%n%s, %d x %d, %d at once%n%n", precision, rows, length, atOnce);
      System.out.print(profile(model, precision, new BatchShape(rows, length), atOnce, ROUND));
    }
  }

  /**
   * Runs in a session for this shape, since a fused product packs its weights for its first batch.
   */
  static String profile(
      PreparedModel model, Precision precision, BatchShape shape, int atOnce, Duration roundTime)
      throws IOException, InterruptedException {
    FlatGraph flat = lowered(model, precision);
    Map<String, Tensor> ids = ids(model, flat, shape);
    try (Graph graph = new Graph()) {
      WeightVariables variables = new WeightVariables(graph);
      GraphBuilder builder = new GraphBuilder(graph, variables);
      Collection<Output<?>> answers = builder.build(flat, "").values();
      try (Session session = new Session(graph, SessionConfig.of(1, 0))) {
        variables.fill(session);
        TracedRuns served = new TracedRuns(session, ids, answers, atOnce, roundTime);
        try (BareProducts bare = new BareProducts(flat, served.warmUp())) {
          TracedRuns alone =
              new TracedRuns(
                  session,
                  bare.feeds(),
                  builder.build(bare.graph(), BareProducts.PREFIX).values(),
                  atOnce,
                  roundTime);
          alone.warmUp();
          OpTimes servedTimes = new OpTimes();
          OpTimes aloneTimes = new OpTimes();
          double untracedMillis = 0;
          for (int round = 0; round < ROUNDS; round++) {
            untracedMillis += served.untracedMillis() / ROUNDS;
            servedTimes.add(served.traced());
            aloneTimes.add(alone.traced());
          }
          return new ProfileTable(flat, shape, servedTimes, aloneTimes).markdown(untracedMillis);
        }
      }
    } finally {
      ids.values().forEach(Tensor::close);
    }
  }

  private static FlatGraph lowered(PreparedModel model, Precision precision) {
    Device device = Device.ofThisMachine();
    if (precision == Precision.INT8) {
      return Encoder.quantised(model.quantised().orElseThrow().graph())
          .lowerInInt8(device.fastest().type(), Target.ONE_DNN);
    }
    return Encoder.recognise(model.graph().copy())
        .lower(precision.type(), device.targets(precision, model.encoder().width(), 1).get(0));
  }

  /** Tensors of rows without padding, by placeholder. */
  private static Map<String, Tensor> ids(PreparedModel model, FlatGraph flat, BatchShape shape) {
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    TokenRow row = new TokenRow(tokenizer.tokenize("good ".repeat(shape.length() - 2)));
    if (row.tokens() != shape.length()) {
      throw new IllegalArgumentException(
          "row: " + row.tokens() + " ids (expected: " + shape.length() + ")");
    }
    ShapeRule rule = Device.CPU_SHAPES.withMaxTokens(shape.tokens());
    BatchShapes shapes = TensorFlowEngine.shapes(flat, model.lengths(), rule);
    List<TokenRow> rows = Collections.nCopies(shape.sequences(), row);
    BatchPlan<TokenRow> batch =
        BatchPlanner.planAll(shapes, rows, TokenRow::tokens).get(0).with(rows);
    if (batch.shape().sequences() != shape.sequences()
        || batch.shape().length() != shape.length()) {
      throw new IllegalArgumentException(
          "shape: " + shape + " runs as " + batch.shape() + " (expected: one that is served)");
    }
    Map<String, Tensor> ids = new HashMap<>();
    new GraphInputs(flat).forEach(batch, ids::put);
    return ids;
  }
}
