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

  @Override
  void close();
}
