package dev.bertserve.benchmarks.latency;

import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.tokenizer.TokenIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Answers at once, with arrays that were made before. */
final class ZeroCostEngine implements Engine<TokenIds> {

  private final List<OutputSpec> outputs;

  /** Answers by number of rows. */
  private final List<List<float[]>> answers = new ArrayList<>();

  ZeroCostEngine(List<OutputSpec> outputs, int maxRows) {
    this.outputs = List.copyOf(outputs);
    for (int rows = 0; rows <= maxRows; rows++) {
      List<float[]> answer = new ArrayList<>();
      for (OutputSpec output : outputs) {
        float[] values = new float[rows * output.rowSize()];
        Arrays.fill(values, 0.25f);
        answer.add(values);
      }
      answers.add(answer);
    }
  }

  @Override
  public List<OutputSpec> outputs() {
    return outputs;
  }

  @Override
  public List<float[]> run(List<TokenIds> rows) {
    return answers.get(rows.size());
  }

  @Override
  public int paddedTokens(List<TokenIds> rows) {
    return rows.size();
  }

  @Override
  public List<TileShape> shapes() {
    return List.of();
  }

  @Override
  public void runPadding(TileShape shape) {
    throw new IllegalArgumentException("shape: " + shape + " (expected: none)");
  }

  @Override
  public void close() {}
}
