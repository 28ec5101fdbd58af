package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.graph.FlatGraph;
import dev.bertserve.server.tensorflow.prepare.ModelPreparer;
import dev.bertserve.server.tensorflow.prepare.PreparedModel;
import dev.bertserve.server.tensorflow.rewrite.Encoder;
import dev.bertserve.server.tensorflow.rewrite.Target;
import dev.bertserve.tokenizer.TokenIds;
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
 * Where the time of one tile goes, by kind of op, as TensorFlow traces the served graph; and what
 * its matrix products take alone. In the engine's own package, because the graph that it looks into
 * is the engine's.
 *
 * <p>Arguments: a SavedModel, {@code fp32} or {@code bf16}, how many tiles run at once with one
 * thread each, then shapes such as {@code 4x128}. Prints a table for each shape.
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
      System.out.print(profile(model, precision, new TileShape(rows, length), atOnce, ROUND));
    }
  }

  /** In a session for this shape: a fused product packs its weights as its first tile needs. */
  static String profile(
      PreparedModel model, Precision precision, TileShape shape, int atOnce, Duration roundTime)
      throws IOException, InterruptedException {
    Target target = Device.ofThisMachine().targets(precision, model.encoder().width(), 1).get(0);
    FlatGraph flat = Encoder.recognise(model.graph().copy()).lower(precision.type(), target);
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
                  builder.build(bare.graph(), "").values(),
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

  /** Rows without padding, by placeholder. */
  private static Map<String, Tensor> ids(PreparedModel model, FlatGraph flat, TileShape shape) {
    Tokenizer tokenizer = model.tokenizer().loaded().tokenizer();
    TokenIds row = tokenizer.tokenize("good ".repeat(shape.length() - 2));
    if (row.length() != shape.length()) {
      throw new IllegalArgumentException(
          "row: " + row.length() + " ids (expected: " + shape.length() + ")");
    }
    Tiling tiling = Tiling.of(flat, model.lengths(), TileRule.OF_CPUS.atMost(shape.tokens()));
    Tile tile = tiling.cut(Collections.nCopies(shape.rows(), row)).get(0);
    if (tile.shape().sequences() != shape.rows() || tile.shape().length() != shape.length()) {
      throw new IllegalArgumentException(
          "shape: " + shape + " runs as " + tile.shape() + " (expected: one that is served)");
    }
    Map<String, Tensor> ids = new HashMap<>();
    new GraphInputs(flat).forEach(tile, false, ids::put);
    return ids;
  }
}
