package dev.bertserve.server.tensorflow;

import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.TokenRow;
import dev.bertserve.tokenizer.TokenIds;
import java.util.List;

/** Runs an engine to see whether it can serve; closes it if the run throws. */
final class ProbeRun {

  private ProbeRun() {}

  /** The outputs of {@code engine} for {@code rows}. */
  static List<Column> run(Engine engine, List<TokenIds> rows) {
    try {
      return engine.runAll(TokenRow.allOf(rows));
    } catch (RuntimeException | Error e) {
      try {
        engine.close();
      } catch (RuntimeException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }
}
