package dev.bertserve.server.inference;

import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/** Runs rows of ids through the model. Any thread, several at once. */
public interface Engine extends AutoCloseable {

  /** Outputs of the model, in the order of {@link #run}'s arrays. */
  List<OutputSpec> outputs();

  /**
   * Scores the rows; blocks until done. Answers one array an output, row after row, each row {@link
   * OutputSpec#rowSize} long.
   */
  List<float[]> run(List<TokenIds> rows);

  @Override
  void close();
}
