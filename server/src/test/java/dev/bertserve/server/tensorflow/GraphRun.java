package dev.bertserve.server.tensorflow;

import static dev.bertserve.server.fixture.Columns.floats;

import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.prepared.RowLengths;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.BertTokenizer;
import java.io.IOException;
import java.util.List;

/** Runs a graph in TensorFlow, for tests of other packages. */
public final class GraphRun {

  /** Number of tokens of each row, including padding. */
  public static final int LENGTH = 8;

  public static final RowLengths ONE_LENGTH = new RowLengths(LENGTH, LENGTH);

  private static final List<String> TEXTS = List.of("a b c", "c", "b b a c a");

  private GraphRun() {}

  /** The same, padded to {@link #LENGTH}. */
  public static float[] of(FlatGraph graph, List<Integer> rowShape) throws IOException {
    return of(graph, rowShape, ONE_LENGTH);
  }

  /** Output {@code y}, with rows of shape {@code rowShape}, for three rows of different lengths. */
  public static float[] of(FlatGraph graph, List<Integer> rowShape, RowLengths lengths)
      throws IOException {
    BertTokenizer tokenizer = LetterTokenizer.create();
    try (TensorFlowEngine engine =
        new TensorFlowEngine(
            LoweredGraphs.of(graph),
            List.of(new OutputSpec("y", rowShape)),
            lengths,
            Device.CPU_SHAPES,
            GraphForm.AS_EXPORTED,
            1)) {
      return floats(
          engine.runAll(TokenRow.allOf(TEXTS.stream().map(tokenizer::tokenize).toList())).get(0));
    }
  }
}
