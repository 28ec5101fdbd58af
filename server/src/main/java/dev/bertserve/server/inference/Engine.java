package dev.bertserve.server.inference;

import java.util.List;

/** Runs rows, as {@link RowEncoding} makes them, through the model. Any thread, several at once. */
public interface Engine<R> extends AutoCloseable {

  /** Outputs of the model, in the order of {@link #run}'s arrays. */
  List<OutputSpec> outputs();

  /**
   * Scores the rows; blocks until done. Answers one array an output, row after row, each row {@link
   * OutputSpec#rowSize} long.
   */
  List<float[]> run(List<R> rows);

  /**
   * The first value of row {@code source} of {@link #run}'s answers to {@code rows} rows that is no
   * finite number; 0 if all are.
   */
  static float firstNotFinite(List<float[]> answers, int rows, int source) {
    for (float[] output : answers) {
      int size = output.length / rows;
      for (int i = source * size; i < (source + 1) * size; i++) {
        if (!Float.isFinite(output[i])) {
          return output[i];
        }
      }
    }
    return 0;
  }

  /** Tokens that {@link #run} computes for the rows, padding included. */
  int paddedTokens(List<R> rows);

  /** All shapes that {@link #run} ever runs, the largest first. */
  List<TileShape> shapes();

  /** Runs {@code shape}, one of {@link #shapes}, with nothing in it. */
  void runPadding(TileShape shape);

  /** Pays for what happens once in runs of {@code shape}; may do less than a run. */
  default void prime(TileShape shape) {
    runPadding(shape);
  }

  @Override
  void close();
}
